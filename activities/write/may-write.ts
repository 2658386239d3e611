import type { AnyAsked } from './asked.ts';
import type { Claim } from './claims.ts';
import { judgeWrite, type Allowed } from './conditions.ts';
import type { WriterDeps } from './deps.ts';
import { expire, refuse, type Refused } from './finish.ts';
import { refuseWhileHalted } from './halts.ts';
import { witnessedIntent } from './witnessed-intent.ts';

export type MayWrite = Allowed & { intent: 'witnessed' | 'unwitnessed' };

/**
 * Everything that has to hold before anything is unsealed or claimed, or the answer that was stored instead: what was signed,
 * by the rule; then that the intent can no longer be denied. `stale`: what an intent that is too old comes to. Throws Halted
 * during an emergency stop: the step is tried again until it is lifted, or the intent is too old.
 * `thrown`: the throw-away password of this reset, when this one comes after it.
 */
export async function mayWrite<R extends 'password-expired' | 'intent-expired'>(
  deps: WriterDeps,
  asked: AnyAsked,
  stale: R,
  claim: Claim | undefined,
  thrown?: Claim,
): Promise<{ allowed: MayWrite } | { answer: Refused | { outcome: R } }> {
  const judged = await judgeWrite(deps, asked, thrown);
  if ('refused' in judged) return { answer: await refuse(deps, asked, judged.refused, claim) };
  const intent = await witnessedIntent(deps, asked, judged.allowed);
  if (intent === 'not-witnessed') return { answer: await refuse(deps, asked, 'intent-not-witnessed', claim) };
  if (intent === 'stale') return { answer: await expire(deps, asked, stale, claim) };
  await refuseWhileHalted(deps.db, deps);
  return { allowed: { ...judged.allowed, intent } };
}
