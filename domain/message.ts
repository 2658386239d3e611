import type { Operation } from './operation.ts';
import type { RefusalCode } from './refusals.ts';
import type { ResetState } from './reset-state.ts';
import type { TellWhen } from './telling.ts';

/**
 * When people are told: once proof and factor have passed, when the wait of a replacement of factors begins, once the reset has ended, and when
 * something sends wrong passwords afterwards, or has locked the account again.
 */
export const TELLING_MOMENTS = ['requested', 'cooling-off', 'ended', 'still-tried', 'locked-again'] as const;
export type TellingMoment = (typeof TELLING_MOMENTS)[number];

/** Changes of somebody's factors, of which people are told whether or not there is a reset. */
export const FACTOR_CHANGES = [
  'app-added',
  'app-replaced',
  'key-added',
  'token-added',
  'codes-renewed',
  'factor-removed',
  'factor-frozen',
  'factor-thawed',
] as const;
export type FactorChange = (typeof FACTOR_CHANGES)[number];

/** What a message tells: of a reset, or of a change of factors. */
export const MESSAGE_OUTCOMES = [
  'requested',
  'changed',
  'perhaps-changed',
  'old-password-ended',
  'unlocked',
  'perhaps-unlocked',
  'denied',
  'locked',
  'refused',
  'expired',
  'cancelled',
  'replacement-requested',
  'replacement-waits',
  'factors-replaced',
  'factors-kept',
  'still-tried',
  'locked-again',
  ...FACTOR_CHANGES,
] as const;
export type MessageOutcome = (typeof MESSAGE_OUTCOMES)[number];

/**
 * What there is to tell of a reset that has ended, by the writer's own claims before all else: a worker that says otherwise
 * hides no change. `unsettled` as long as the writer itself does not know; undefined when a newer reset took over and is told of.
 */
export function endToTell(
  reset: { state: ResetState; refusal: RefusalCode | null },
  claims: readonly { state: string; operation: Operation; endOldPassword?: boolean }[],
): MessageOutcome | 'unsettled' | undefined {
  const done = claims.filter(({ state }) => ['applied', 'verified', 'unverified'].includes(state));
  const made = done.find(({ endOldPassword }) => !endOldPassword);
  if (made) return made.operation === 'unlock' ? 'unlocked' : 'changed';
  if (claims.some(({ state }) => state === 'claimed')) return 'unsettled';
  const perhaps = claims.find(({ state }) => state === 'unknown');
  if (perhaps) return perhaps.operation === 'unlock' ? 'perhaps-unlocked' : 'perhaps-changed';
  // A throw-away password was set and no chosen one after it: nobody can sign in.
  if (done.length > 0) return 'old-password-ended';
  if (reset.refusal === 'superseded') return undefined;
  if (reset.refusal === 'approval-denied') return 'denied';
  if (reset.refusal === 'reset-locked') return 'locked';
  return reset.state === 'cancelled' || reset.state === 'expired' ? reset.state : 'refused';
}

/**
 * What there is to tell of a replacement of factors. `replaced` and `until` are what the verifier signed itself: whether it was
 * done, and until when it is waited. Undefined when a newer reset took over and is told of, and for a wait that is over already.
 */
export function replacementToTell(
  moment: TellingMoment,
  { replaced, waits, refusal }: { replaced: boolean; waits: boolean; refusal: RefusalCode | null },
): MessageOutcome | undefined {
  if (moment === 'requested') return 'replacement-requested';
  if (moment === 'cooling-off') return waits ? 'replacement-waits' : undefined;
  if (replaced) return 'factors-replaced';
  return refusal === 'superseded' ? undefined : 'factors-kept';
}

/** What is found in the hour after a reset or an unlock. It concerns whose account it is, and no policy adds anybody. */
export const WATCHED = ['still-tried', 'locked-again'] as const;

/** Whether a moment to tell is one of the watch after a reset. */
export function isWatched(moment: TellingMoment): moment is (typeof WATCHED)[number] {
  return (WATCHED as readonly string[]).includes(moment);
}

const OF_FACTORS = ['replacement-requested', 'replacement-waits', 'factors-replaced', 'factors-kept'] as const;

/** Whether a message is about the replacement of lost factors, and no password. */
export function isOfFactors(outcome: MessageOutcome): boolean {
  return (OF_FACTORS as readonly MessageOutcome[]).includes(outcome);
}

/** Whether a message is about one factor or recovery codes that somebody has, had or got. */
export function isFactorChange(text: string): text is FactorChange {
  return (FACTOR_CHANGES as readonly string[]).includes(text);
}

/** What concerns factors is told to everybody who is told of a change: nothing else would reach a holder who did not ask. */
const CHANGED: readonly MessageOutcome[] = [
  'changed',
  'perhaps-changed',
  'old-password-ended',
  'unlocked',
  'perhaps-unlocked',
  'still-tried',
  'locked-again',
  ...OF_FACTORS,
  ...FACTOR_CHANGES,
];

/** Which part of a rule says who is told. What may have been changed counts as changed, and so does an account that was unlocked. */
export function toldWhen(outcome: MessageOutcome): TellWhen {
  if (outcome === 'requested') return 'requested';
  return CHANGED.includes(outcome) ? 'changed' : 'unchanged';
}
