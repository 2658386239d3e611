import type { Asked, Checked } from '#activities/contract.ts';
import { recordLeaf } from '#activities/record-leaf.ts';
import { isHalted } from '#domain/halt.ts';
import { isMultiFactor } from '#domain/reset-track.ts';
import type { Policy } from '#domain/policy.ts';
import type { Transaction } from '#db';
import { haltNow } from '#prisma/joint-acts.ts';
import type { Actor } from '#prisma/leaves.ts';
import { forgiveAttempt, raiseAttempts } from './attempts.ts';
import { comeBackWithACode, isEnoughToReturn, openResume } from './come-back.ts';
import { countedAs } from './counted-as.ts';
import { VERIFIER, type VerifierDeps } from './deps.ts';
import { isFactorTooNew } from './factor-too-new.ts';
import { frozenPolicy } from './frozen-policy.ts';
import { lookAtFactor, type FactorShown } from './look-at-factor.ts';
import { databaseTime, earlierOutcome, once } from './once.ts';
import { openTyped } from './open-typed.ts';
import { attest, statementsOf } from './statements.ts';
import { fromWhere } from './typed.ts';
import { signedWord } from './word.ts';

/**
 * Checks the claimant's one-time code, security key or smart card, for a step of the reset or for coming back to it, and signs what passed. One answer
 * for every code and key that fails; of a card its holder hears what is wrong with it, but who comes back hears nothing of that. Coming back takes something as strong as
 * what let the reset in.
 */
export async function checkFactor(
  deps: VerifierDeps,
  asked: Asked & { account: string | null; purpose: 'reset' | 'resume' },
): Promise<Checked> {
  const attempt = { subject: asked.reset, updateId: asked.updateId, sealed: asked.sealed };
  const earlier = await earlierOutcome<Checked>(deps, attempt);
  if (earlier) return earlier;

  const isReturn = asked.purpose === 'resume';
  if (isReturn) {
    const back = await comeBackWithACode(deps, asked, attempt);
    if (back) return back;
  }
  const typed = isReturn ? await openResume(deps, asked) : await openTyped(deps, 'factor', asked.sealed, asked.reset);
  const said = await statementsOf(deps.db, deps, asked);
  const { policy } = await frozenPolicy(deps.db, said.identified.policy);
  const isEnough = !isReturn || !typed || isEnoughToReturn(policy, said, typed);
  const key = factorKey(await countedAs(deps.db, { reset: asked.reset, account: said.account, typed }));

  return once<Checked>(deps, attempt, async (tx) => {
    const mayCount = await raiseAttempts(tx, key, policy.attempts.perAccountPerHour);
    const account = mayCount && typed && isEnough ? said.account : undefined;
    const of = {
      reset: asked.reset,
      account,
      use: isReturn ? 'return' : 'step',
      perAuthenticator: policy.attempts.perAuthenticator,
    } as const;
    // Of a reset for nobody, over the limit, and for what is too weak, the same statements are run.
    const { passed: shown, facts, refusal, consumed: usedUp } = await lookAtFactor(tx, deps, of, typed);
    const isWeaker = shown !== undefined && isReturn && typed !== undefined && !isEnoughToReturn(policy, said, typed, shown.method);
    const passed = isWeaker ? undefined : shown;
    const type = isReturn ? 'resume.checked' : 'factor.checked';
    const leaf = {
      type,
      reset: asked.reset,
      update: asked.updateId,
      ...fromWhere(typed),
    } as const;
    if (!passed || !said.account) {
      await recordLeaf(
        tx,
        {
          ...leaf,
          outcome: 'failure',
          actor: { type: 'claimant' },
          ...(refusal ? { reason: refusal } : {}),
          do: {
            ...facts,
            counted: !typed
              ? 'nothing was typed'
              : !isEnough || isWeaker
                ? 'weaker than what let it in'
                : mayCount
                  ? 'yes'
                  : 'over the limit',
          },
        },
        VERIFIER,
      );
      return { outcome: { outcome: 'failed', ...(refusal && mayCount ? { code: refusal } : {}) }, consumed: usedUp };
    }
    await forgiveAttempt(tx, key);
    const { credential, consumed, method } = passed;
    const actor: Actor = { type: 'claimant', auth: { method, aal: isMultiFactor(method) ? '2' : '1', cred: credential } };
    // Not attested: whatever a worker makes of the answer, no writer ever counts this factor.
    if (said.identified.protected && (await isTooNew(tx, said.account, passed, policy))) {
      await recordLeaf(tx, { ...leaf, outcome: 'denied', actor, reason: 'factor-too-new', do: { method, credential } }, VERIFIER);
      return { outcome: { outcome: 'refused', code: 'factor-too-new' }, consumed };
    }
    const attestation = await attest(tx, deps, {
      kind: 'factor',
      reset: asked.reset,
      run: asked.run,
      account: said.account,
      method,
      credential,
      ...(passed.card ? { card: passed.card } : {}),
    });
    await recordLeaf(tx, { ...leaf, outcome: 'success', actor, do: { method, credential, attestation } }, VERIFIER);
    const word = signedWord(deps, { kind: 'resumed', reset: asked.reset, update: asked.updateId, account: said.account });
    const stopped = isHalted(await haltNow(tx, deps.keys.checking), said.identified.protected);
    const more = isReturn ? { word } : stopped ? { stopped } : {};
    return { outcome: { outcome: 'passed', attestation, method, ...more }, consumed };
  });
}

/** Whether it has to wait before it serves a protected account: a card from the day of its certificate. */
async function isTooNew(tx: Transaction, account: string, { credential, issued }: FactorShown, policy: Policy): Promise<boolean> {
  if (!issued) return isFactorTooNew(tx, account, credential, policy);
  return (await databaseTime(tx)).getTime() - issued.getTime() < policy.timers.coolingOff * 1000;
}

/** One count for every use of an account's one-time codes: reset, coming back, decision, sign-in. */
export function factorKey(account: string): string {
  return `factor:${account}`;
}
