import type { ReturnAnswer, ReturnAsked } from '#activities/contract.ts';
import type { Transaction } from '#db';
import { recordLeaf } from '#activities/record-leaf.ts';
import { isMultiFactor } from '#domain/reset-track.ts';
import { forgiveAttempt, raiseAttempts } from './attempts.ts';
import { factorKey } from './check-factor.ts';
import { isEnoughToReturn, openResume } from './come-back.ts';
import { nobodyIn } from './counted-as.ts';
import { VERIFIER, type VerifierDeps } from './deps.ts';
import { frozenPolicy } from './frozen-policy.ts';
import { lookAtFactor } from './look-at-factor.ts';
import { earlierOutcome, once } from './once.ts';
import { statementsOf } from './statements.ts';
import { fromWhere } from './typed.ts';
import { signedWord } from './word.ts';

/**
 * The claimant who comes back when the reset has ended, to learn how: by the one-time code, key or card of an account that was proven in
 * this reset, within the time that its frozen policy gives (`timers.outcome`, by the database's clock). A decoy, a reset
 * that nobody proved and one that ended too long ago run the same statements for nobody and fail. Nothing is attested:
 * an ended reset gets no further statement, so what is shown here is worth nothing to a write.
 */
export async function checkReturn(deps: VerifierDeps, asked: ReturnAsked): Promise<ReturnAnswer> {
  const attempt = { subject: asked.reset, updateId: asked.updateId, sealed: asked.sealed };
  const earlier = await earlierOutcome<ReturnAnswer>(deps, attempt);
  if (earlier) return earlier;

  const typed = await openResume(deps, asked);
  const said = await statementsOf(deps.db, deps, asked);
  const { policy } = await frozenPolicy(deps.db, said.identified.policy);
  // Without both, whoever named an account could try codes on it, or disable its authenticator, with no proof at all.
  const proven = said.proofs.length > 0 && said.factors.length > 0;

  return once<ReturnAnswer>(deps, attempt, async (tx) => {
    const inTime = await endedWithin(tx, asked.reset, policy.timers.outcome);
    const account = typed && proven && inTime && isEnoughToReturn(policy, said, typed) ? said.account : undefined;
    const key = factorKey(account ?? nobodyIn(asked.reset));
    const mayCount = await raiseAttempts(tx, key, policy.attempts.perAccountPerHour);
    const { perAuthenticator } = policy.attempts;
    const of = { reset: asked.reset, account: mayCount ? account : undefined, use: 'return', perAuthenticator } as const;
    const { passed: shown, facts, refusal, consumed: usedUp } = await lookAtFactor(tx, deps, of, typed);
    const passed = shown && typed && isEnoughToReturn(policy, said, typed, shown.method) ? shown : undefined;
    const leaf = {
      type: 'resume.checked',
      reset: asked.reset,
      update: asked.updateId,
      ...fromWhere(typed),
    } as const;
    if (!passed || !account) {
      const counted = !typed ? 'nothing was typed' : !account ? 'nothing to tell' : mayCount ? 'yes' : 'over the limit';
      await recordLeaf(
        tx,
        {
          ...leaf,
          outcome: 'failure',
          actor: { type: 'claimant' },
          reason: 'reset-ended',
          do: { ...facts, counted, ...(refusal ? { refusal } : {}) },
        },
        VERIFIER,
      );
      return { outcome: { outcome: 'failed' }, consumed: usedUp };
    }
    await forgiveAttempt(tx, key);
    const { credential, consumed, method } = passed;
    const auth = { method, aal: isMultiFactor(method) ? '2' : '1', cred: credential } as const;
    await recordLeaf(
      tx,
      { ...leaf, outcome: 'success', actor: { type: 'claimant', auth }, reason: 'reset-ended', do: { method, credential } },
      VERIFIER,
    );
    const word = signedWord(deps, { kind: 'resumed', reset: asked.reset, update: asked.updateId, account });
    return { outcome: { outcome: 'passed', word }, consumed };
  });
}

/** Whether the reset has ended, and not longer ago than so many seconds. */
async function endedWithin(tx: Transaction, reset: string, seconds: number): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ recent: boolean | null }[]>`
    SELECT ended_at > clock_timestamp() - make_interval(secs => ${seconds}) AS recent FROM reset WHERE id = ${reset}::uuid`;
  return row?.recent === true;
}
