import { generateURI, ScureBase32Plugin } from 'otplib';
import { codeFromBytes, RECOVERY_CODE_SYMBOLS } from '#domain/codes.ts';
import { CODES_ON_A_SHEET } from '#domain/own-factors.ts';
import type { KeyedHash } from './keyed-hash.ts';
import type { NewAppShown } from './own-factors-flow.ts';

/** Key and recovery codes as a page shows them before they count: made anew for the same form, and kept nowhere until then. */

export type AppSettings = Pick<NewAppShown, 'algorithm' | 'digits' | 'period'>;
const SEED_BYTES = { sha1: 20, sha256: 32, sha512: 64 } as const;

/** Base32. 256 random bits of the browser's secret and 128 of the form under the API's key: nobody who lacks one of the three makes it again. */
export function newSecret(hash: KeyedHash, token: string, of: string, algorithm: AppSettings['algorithm']): string {
  const halves = ['0', '1'].map((half) => hash('own-app', token, of, half));
  const seed = new Uint8Array(Buffer.concat(halves).subarray(0, SEED_BYTES[algorithm]));
  return new ScureBase32Plugin().encode(seed, { padding: false });
}

/** The secret as an app scans it and as somebody types it. */
export function appShown(secret: string, label: string, app: AppSettings): NewAppShown {
  const uri = generateURI({ issuer: 'Countersign', label, secret, ...app });
  return { key: secret.match(/.{1,4}/g)?.join(' ') ?? '', uri, ...app };
}

export function newCodesFor(hash: KeyedHash, token: string, of: string): string[] {
  return Array.from({ length: CODES_ON_A_SHEET }, (_, n) =>
    codeFromBytes(hash('own-recovery-code', token, of, String(n)).subarray(0, RECOVERY_CODE_SYMBOLS)),
  );
}
