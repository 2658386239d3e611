import { matching, type CodeSecret } from './one-time-code.ts';

export interface TotpSettings extends CodeSecret {
  period: number;
}

/** One step to either side: RFC 6238 §5.2 recommends at most one for the way, and clocks of phones differ. */
const WINDOW = [-1, 0, 1];

/** The time step at a moment (RFC 6238 §4.2). */
export function stepAt(period: number, at: Date): number {
  return Math.floor(at.getTime() / 1000 / period);
}

/**
 * The time steps around `at` whose code is this one (RFC 6238), oldest first; nearly always none or one. `drift`: by how
 * many steps this authenticator's clock was off when its last code was taken (§6).
 */
export function matchingSteps(totp: TotpSettings, typed: string, at: Date, drift = 0): number[] {
  const now = stepAt(totp.period, at) + drift;
  return matching(
    totp,
    typed,
    WINDOW.map((offset) => now + offset),
  );
}

/** The drift to keep when a step was taken: what is more than `most` is asked for again. */
export function driftOf(period: number, step: number, at: Date, most: number): number {
  return Math.max(-most, Math.min(most, step - stepAt(period, at)));
}
