import type { Checked, VerifierActivities } from '#activities/contract.ts';
import { recordLeaf } from '#activities/record-leaf.ts';
import type { Actor } from '#prisma/leaves.ts';
import { forgiveAttempt, raiseAttempts } from './attempts.ts';
import { checkCode } from './check-code.ts';
import { countedAs } from './counted-as.ts';
import { VERIFIER, type VerifierDeps } from './deps.ts';
import { frozenPolicy, proofsOf } from './frozen-policy.ts';
import { earlierOutcome, once } from './once.ts';
import { openTyped } from './open-typed.ts';
import { attest, statementsOf } from './statements.ts';
import { fromWhere } from './typed.ts';

/**
 * Checks a recovery or issued code and signs what passed. One answer for every failure: unknown account, wrong or used
 * code, a proof that the rule does not take, more attempts within the hour than the policy bears, a value that came too late.
 */
export async function checkProof(deps: VerifierDeps, asked: Parameters<VerifierActivities['checkProof']>[0]): Promise<Checked> {
  const attempt = { subject: asked.reset, updateId: asked.updateId, sealed: asked.sealed };
  const earlier = await earlierOutcome<Checked>(deps, attempt);
  if (earlier) return earlier;

  const typed = await openTyped(deps, 'proof', asked.sealed, asked.reset);
  const said = await statementsOf(deps.db, deps, asked);
  const { policy } = await frozenPolicy(deps.db, said.identified.policy);
  const method = typed?.method ?? 'recovery-code';
  const { passed: heardOf = [] } = asked;
  const isAsked = proofsOf(policy, said.identified.rule).has(method) && !heardOf.includes(method);
  const key = `proof:${await countedAs(deps.db, { reset: asked.reset, account: said.account, typed })}`;

  return once<Checked>(deps, attempt, async (tx) => {
    const mayCount = await raiseAttempts(tx, key, policy.attempts.perAccountPerHour);
    // A verifier that died after signing left a proof that nobody heard of: its code is spent, and the proof still stands.
    const proven = (await statementsOf(tx, deps, asked)).proofs.find((proof) => !heardOf.includes(proof.method));
    if (proven) {
      await forgiveAttempt(tx, key);
      return { outcome: { outcome: 'passed', attestation: proven.id, method: proven.method } };
    }
    const passed = await checkCode(tx, deps, mayCount && isAsked && typed ? said.account : undefined, method, typed?.value);
    const leaf = {
      type: 'proof.checked',
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
          do: { method, counted: !typed ? 'nothing was typed' : mayCount ? 'yes' : 'over the limit' },
        },
        VERIFIER,
      );
      return { outcome: { outcome: 'failed' } };
    }
    await forgiveAttempt(tx, key);
    const { credential, consumed, issuer } = passed;
    const attestation = await attest(tx, deps, {
      kind: 'proof',
      reset: asked.reset,
      run: asked.run,
      account: said.account,
      method,
      credential,
      issuer,
    });
    const actor: Actor = { type: 'claimant', auth: { method, aal: '1', cred: credential } };
    await recordLeaf(tx, { ...leaf, outcome: 'success', actor, do: { method, credential, issuer, attestation } }, VERIFIER);
    return { outcome: { outcome: 'passed', attestation, method }, consumed };
  });
}
