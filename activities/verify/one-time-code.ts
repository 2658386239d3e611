import { timingSafeEqual } from 'node:crypto';
import { generateSync } from 'otplib';
import type { CodeSettings } from '#domain/token.ts';

/** What a code is made of: the secret has 16 to 64 bytes. */
export interface CodeSecret extends Pick<CodeSettings, 'algorithm' | 'digits'> {
  secret: Uint8Array;
}

/**
 * The code at one moving factor: the counter of HOTP (RFC 4226 §5.3), or the time step of TOTP, which is HOTP at the number
 * of the step (RFC 6238 §4.2).
 */
export function codeAt({ secret, algorithm, digits }: CodeSecret, moving: number): string {
  return generateSync({ strategy: 'hotp', secret, algorithm, digits, counter: moving });
}

/**
 * The moving factors among `candidates` whose code is this one, in their order; nearly always none or one. Every one is
 * computed and compared in constant time, so the time taken tells nothing about the code.
 */
export function matching(secret: CodeSecret, typed: string, candidates: readonly number[]): number[] {
  const given = Buffer.from(typed.padEnd(8, ' '));
  return candidates.filter((moving) => timingSafeEqual(Buffer.from(codeAt(secret, moving).padEnd(8, ' ')), given));
}

/**
 * The first of `count` moving factors from `from` on at which two codes follow each other (RFC 4226 §7.4), or undefined.
 * Two of six digits in a thousand places are guessed once in a thousand million tries.
 */
export function twoInARow(secret: CodeSecret, [first, second]: readonly [string, string], from: number, count: number): number | undefined {
  const codes = Array.from({ length: count + 1 }, (_, n) => codeAt(secret, from + n));
  const at = codes.findIndex((code, n) => code === first && codes[n + 1] === second);
  return at === -1 ? undefined : from + at;
}
