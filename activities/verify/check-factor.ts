import type { Asked, Checked } from '#activities/contract.ts';
import { recordLeaf } from '#activities/record-leaf.ts';
import { isHalted } from '#domain/halt.ts';
import { haltNow } from '#prisma/joint-acts.ts';
import type { Actor } from '#prisma/leaves.ts';
import { forgiveAttempt, raiseAttempts } from './attempts.ts';
import { checkOneTimeCode } from './check-one-time-code.ts';
import { comeBackWithACode, openResume } from './come-back.ts';
import { countedAs } from './counted-as.ts';
import { VERIFIER, type VerifierDeps } from './deps.ts';
import { isFactorTooNew } from './factor-too-new.ts';
import { frozenPolicy } from './frozen-policy.ts';
import { earlierOutcome, once } from './once.ts';
import { openTyped } from './open-typed.ts';
import { attest, statementsOf } from './statements.ts';
import { fromWhere } from './typed.ts';
import { signedWord } from './word.ts';

/** Checks the claimant's one-time code, for a step of the reset or for coming back to it, and signs what passed. One answer for every failure. */
export async function checkFactor(
  deps: VerifierDeps,
  asked: Asked & { account: string | null; purpose: 'reset' | 'resume' },
): Promise<Checked> {
  const attempt = { subject: asked.reset, updateId: asked.updateId, sealed: asked.sealed };
  const earlier = await earlierOutcome<Checked>(deps, attempt);
  if (earlier) return earlier;

  if (asked.purpose === 'resume') {
    const back = await comeBackWithACode(deps, asked, attempt);
    if (back) return back;
  }
  const typed = asked.purpose === 'resume' ? await openResume(deps, asked) : await openTyped(deps, 'factor', asked.sealed, asked.reset);
  const said = await statementsOf(deps.db, deps, asked);
  const { policy } = await frozenPolicy(deps.db, said.identified.policy);
  const key = factorKey(await countedAs(deps.db, { reset: asked.reset, account: said.account, typed }));

  return once<Checked>(deps, attempt, async (tx) => {
    const mayCount = await raiseAttempts(tx, key, policy.attempts.perAccountPerHour);
    const passed = await checkOneTimeCode(
      tx,
      deps,
      mayCount && typed ? said.account : undefined,
      typed?.value,
      policy.attempts.perAuthenticator,
      typed?.source,
    );
    const type = asked.purpose === 'resume' ? 'resume.checked' : 'factor.checked';
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
          do: { method: 'one-time-code', counted: !typed ? 'nothing was typed' : mayCount ? 'yes' : 'over the limit' },
        },
        VERIFIER,
      );
      return { outcome: { outcome: 'failed' } };
    }
    await forgiveAttempt(tx, key);
    const { credential, consumed, method } = passed;
    const actor: Actor = { type: 'claimant', auth: { method, aal: '1', cred: credential } };
    // Not attested: whatever a worker makes of the answer, no writer ever counts this factor.
    if (said.identified.protected && (await isFactorTooNew(tx, said.account, credential, policy))) {
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
    });
    await recordLeaf(tx, { ...leaf, outcome: 'success', actor, do: { method, credential, attestation } }, VERIFIER);
    const word = signedWord(deps, { kind: 'resumed', reset: asked.reset, update: asked.updateId, account: said.account });
    const stopped = isHalted(await haltNow(tx, deps.keys.checking), said.identified.protected);
    const more = asked.purpose === 'resume' ? { word } : stopped ? { stopped } : {};
    return { outcome: { outcome: 'passed', attestation, method, ...more }, consumed };
  });
}

/** One count for every use of an account's one-time codes: reset, coming back, decision, sign-in. */
export function factorKey(account: string): string {
  return `factor:${account}`;
}
