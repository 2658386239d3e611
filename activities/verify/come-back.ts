import type { Asked, Checked } from '#activities/contract.ts';
import type { FactorMethod } from '#domain/next.ts';
import { bringsBack } from '#domain/coming-back.ts';
import type { Policy } from '#domain/policy.ts';
import { recordLeaf } from '#activities/record-leaf.ts';
import { forgiveAttempt, raiseAttempts } from './attempts.ts';
import { checkCode } from './check-code.ts';
import { countedAs } from './counted-as.ts';
import { VERIFIER, type VerifierDeps } from './deps.ts';
import { acceptedOf, frozenPolicy } from './frozen-policy.ts';
import { once, type Attempt } from './once.ts';
import { openTyped } from './open-typed.ts';
import { attest, statementsOf } from './statements.ts';
import { fromWhere, type Typed } from './typed.ts';
import { signedWord } from './word.ts';

/** What the returning claimant typed for just this update; for any other update it counts as nothing typed. */
export async function openResume(deps: VerifierDeps, asked: Omit<Asked, 'run'>): Promise<Typed<'resume'> | undefined> {
  const typed = await openTyped(deps, 'resume', asked.sealed, asked.reset);
  return typed?.update === asked.updateId ? typed : undefined;
}

/** Whether what is shown is as strong as what let the claimant in: see domain/coming-back.ts. `shown`: as what it passed; before that a key may be the best of its kind. */
export function isEnoughToReturn(
  policy: Policy,
  { identified, proofs, factors }: Pick<Awaited<ReturnType<typeof statementsOf>>, 'identified' | 'proofs' | 'factors'>,
  typed: Typed<'resume'> | Typed<'factor'>,
  shown?: FactorMethod,
): boolean {
  const passed = { proofs: proofs.map(({ method }) => method), factors: factors.map(({ method }) => method) };
  const method = 'card' in typed ? 'smart-card' : 'assertion' in typed ? 'passkey' : 'totp';
  return bringsBack(shown ?? method, acceptedOf(policy, identified.rule), passed);
}

/**
 * Who has lost every factor comes back with a fresh code that the help desk issued in person: burned, and signed as one more
 * proof. Undefined when something else was typed. In a reset of any other kind the same statements are run for nobody: there a
 * code of the help desk alone brings nobody back.
 */
export async function comeBackWithACode(
  deps: VerifierDeps,
  asked: Asked & { account: string | null },
  attempt: Attempt,
): Promise<Checked | undefined> {
  const typed = await openResume(deps, asked);
  if (!typed || !('method' in typed) || typed.method !== 'issued-code') return undefined;
  const { reset, run } = asked;
  const said = await statementsOf(deps.db, deps, asked);
  const { policy } = await frozenPolicy(deps.db, said.identified.policy);
  const account = said.operation === 'replace-factors' ? said.account : undefined;
  const key = `proof:${await countedAs(deps.db, { reset, account, typed })}`;

  return once<Checked>(deps, attempt, async (tx) => {
    const mayCount = await raiseAttempts(tx, key, policy.attempts.perAccountPerHour);
    const passed = await checkCode(tx, deps, mayCount ? account : undefined, 'issued-code', typed.value);
    const leaf = { type: 'resume.checked', reset, update: asked.updateId, ...fromWhere(typed) } as const;
    if (!passed || !account) {
      const facts = { method: 'issued-code', counted: mayCount ? 'yes' : 'over the limit' };
      await recordLeaf(tx, { ...leaf, outcome: 'failure', actor: { type: 'claimant' }, do: facts }, VERIFIER);
      return { outcome: { outcome: 'failed' } };
    }
    await forgiveAttempt(tx, key);
    const { credential, consumed, issuer } = passed;
    const attestation = await attest(tx, deps, { kind: 'proof', reset, run, account, method: 'issued-code', credential, issuer });
    const auth = { method: 'issued-code', aal: '1', cred: credential } as const;
    const facts = { method: 'issued-code', credential, issuer, attestation };
    await recordLeaf(tx, { ...leaf, outcome: 'success', actor: { type: 'claimant', auth }, do: facts }, VERIFIER);
    const word = signedWord(deps, { kind: 'resumed', reset, update: asked.updateId, account });
    return { outcome: { outcome: 'passed', attestation, method: 'issued-code', word }, consumed };
  });
}
