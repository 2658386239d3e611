import { timingSafeEqual } from 'node:crypto';
import { generateSync } from 'otplib';

export interface TotpSettings {
  secret: Uint8Array;
  algorithm: 'sha1' | 'sha256' | 'sha512';
  digits: 6 | 8;
  period: number;
}

/** One step to either side: RFC 6238 §5.2 recommends at most one for the way, and clocks of phones differ. */
const WINDOW = [-1, 0, 1];

/**
 * The time steps around `at` whose code is this one (RFC 6238), oldest first; nearly always none or one. Every step is
 * computed and compared in constant time, so the time taken tells nothing about the code.
 */
export function matchingSteps(totp: TotpSettings, typed: string, at: Date): number[] {
  const now = Math.floor(at.getTime() / 1000 / totp.period);
  const given = Buffer.from(typed.padEnd(8, ' '));
  return WINDOW.map((offset) => now + offset).filter((step) => {
    const expected = generateSync({
      secret: totp.secret,
      algorithm: totp.algorithm,
      digits: totp.digits,
      period: totp.period,
      epoch: step * totp.period,
    });
    return timingSafeEqual(Buffer.from(expected.padEnd(8, ' ')), given);
  });
}
