import { generateSync } from 'otplib';

interface App {
  /** In base32, or its bytes. */
  secret: string | Uint8Array;
  algorithm?: 'sha1' | 'sha256' | 'sha512';
  digits?: 6 | 7 | 8;
  /** Seconds. */
  period?: number;
}

const first = new Map<string, number>();

/**
 * What an authenticator app shows, or so many steps from there. It stands still from its first code on for as long as the
 * verifier takes that one (a step later), so that a scene means the same codes also when its half minute ends in between.
 */
export function appShows({ secret, period = 30, ...settings }: App, steps = 0): string {
  const key = typeof secret === 'string' ? secret : Buffer.from(secret).toString('hex');
  const now = Math.floor(Date.now() / 1000 / period);
  const from = first.get(key) ?? now;
  const step = now > from + 1 ? now : from;
  first.set(key, step);
  return generateSync({ secret, period, ...settings, epoch: (step + steps) * period });
}
