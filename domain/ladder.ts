import { isKeyKind } from './key-kinds.ts';
import type { FactorMethod } from './next.ts';

/**
 * The ladder: which factors a person may add, put in the place of another or end, by what they show for it. A weaker one
 * never opens the way to a stronger one. Judged by the verifier for each of these deeds, at whatever door it comes in.
 */
export const HELD = ['recovery-codes', 'totp', 'hardware-token', 'synced-passkey', 'passkey', 'smart-card'] as const;
/** What an account can hold. */
export type Held = (typeof HELD)[number];

/** What somebody shows who wants to change their factors; the directory password comes before each of them. */
export const SHOWN = [
  'nothing',
  'recovery-code',
  'issued-code',
  'enrolment-ticket',
  'policy-condition',
  'totp',
  'hardware-token',
  'codes',
  'synced-passkey',
  'passkey',
  'smart-card',
] as const;
/** `issued-code`: the ticket of the help desk. `enrolment-ticket`: the one on the letter of a campaign. `policy-condition`: the password alone, where the
 * policy says so. `codes`: a code of the authenticator together with a recovery code. */
export type Shown = (typeof SHOWN)[number];

export const FACTOR_DEEDS = ['enrol', 'replace', 'remove'] as const;
export type FactorDeed = (typeof FACTOR_DEEDS)[number];

/** How a factor was bound (NIST SP 800-63B-4 §4.1.2): the first of its height, confirmed by one at least as strong, or in the place of what was lost. */
export const BINDINGS = ['first', 'confirmed', 'replacing'] as const;
export type Binding = (typeof BINDINGS)[number];

/**
 * Codes on paper, then what makes codes from a secret that could be copied, then keys that know their owner and could be copied, then those that never
 * leave their device (NIST SP 800-63B-4 §3.1, Appendix B).
 */
const HEIGHT = {
  'recovery-codes': 1,
  totp: 2,
  'hardware-token': 2,
  'synced-passkey': 3,
  passkey: 4,
  'smart-card': 4,
} as const satisfies Record<Held, number>;

/** How high a factor of a reset stands: what lets somebody back in is as high as what let them in. */
export const heightOf = (method: FactorMethod): number => HEIGHT[method];

/** What each thing shown confirms by itself. A recovery or issued code is a proof, not a factor: alone it confirms nothing. */
const CONFIRMS = {
  nothing: 0,
  'recovery-code': 0,
  'issued-code': 0,
  'enrolment-ticket': 0,
  'policy-condition': 0,
  totp: 2,
  'hardware-token': 2,
  codes: 2,
  'synced-passkey': 3,
  passkey: 4,
  'smart-card': 4,
} as const satisfies Record<Shown, number>;

export interface Step {
  by: Shown;
  deed: FactorDeed;
  touched: Held;
  /** What counts for the account now, and what ever did. */
  holds: ReadonlySet<Held>;
  everHeld: ReadonlySet<Held>;
}

/**
 * How the touched factor is bound by this step, or `too-weak`. Whoever shows something at least as strong may do all.
 * Below that there are four ways up, and all only add: the help desk's ticket gives an account that holds no factor at
 * all its first app or codes; the ticket of a letter, which nobody checked a person for, only the first app of an account that never
 * held a factor; the password where a condition of the policy is met only the first app of an account that never held
 * anything, no codes either; and the authenticator with a recovery code gives a key, which is the first, or stands for one
 * that was lost and says so (`replacing`: it cools off before it may serve).
 */
export function climb({ by, deed, touched, holds, everHeld }: Step): Binding | 'too-weak' {
  const height = HEIGHT[touched];
  if (CONFIRMS[by] >= height) return 'confirmed';
  if (deed !== 'enrol') return 'too-weak';
  const had = HELD.some((one) => HEIGHT[one] >= Math.max(height, 2) && everHeld.has(one));
  const bound = had ? 'replacing' : 'first';
  if (by === 'enrolment-ticket')
    return touched === 'totp' && !HELD.some((one) => HEIGHT[one] >= 2 && everHeld.has(one)) ? 'first' : 'too-weak';
  if (by === 'policy-condition') return touched === 'totp' && everHeld.size === 0 ? 'first' : 'too-weak';
  if (by === 'issued-code')
    return height <= 2 && touched !== 'hardware-token' && !HELD.some((one) => HEIGHT[one] >= 2 && holds.has(one)) ? bound : 'too-weak';
  return by === 'codes' && isKeyKind(touched) ? bound : 'too-weak';
}

/** Why a factor was frozen: its owner says that it was not they who added it, or that they have lost it. */
export type WhyFrozen = 'objected' | 'lost';

/**
 * Whether what is shown freezes a factor: it counts nowhere until a second person has settled it. That only keeps things as they are, so any
 * factor of the person freezes every other one, a stronger one too; and the directory password alone one that is open to objection.
 */
export function freezeBy(by: Shown, isOpenToObjection: boolean): WhyFrozen | 'too-weak' {
  if (CONFIRMS[by] >= HEIGHT.totp) return 'lost';
  return by === 'nothing' && isOpenToObjection ? 'objected' : 'too-weak';
}

/** Whether what is shown settles a freeze: only the help desk's ticket, since that is the word of a second person who has seen the first. */
export function settlesFreeze(by: Shown): boolean {
  return by === 'issued-code';
}

/** So long, in days, a factor that its owner added or replaced is open to objection: as long as My factors shows it on top. */
export const OBJECTION_DAYS = 30;
