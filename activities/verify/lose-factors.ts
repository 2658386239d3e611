import type { Asked } from '#activities/contract.ts';
import { recordLeaf } from '#activities/record-leaf.ts';
import type { FactorsLost } from '#activities/replacement-contract.ts';
import { isHalted } from '#domain/halt.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import { haltNow } from '#prisma/joint-acts.ts';
import { VERIFIER, type VerifierDeps } from './deps.ts';
import { frozenPolicy, ruleOf } from './frozen-policy.ts';
import { earlierOutcome, once } from './once.ts';
import { openTyped } from './open-typed.ts';
import { attest, statementsOf } from './statements.ts';
import { fromWhere } from './typed.ts';

/** NIST SP 800-63B-4 §4.2: the way of somebody who no longer holds the authenticators that would let them bind another. */
export const RECOVER = { track: 'RECOVER', clause: 'NIST SP 800-63B-4 §4.2.2' } as const;

/**
 * Signs that the claimant asks for new factors because every one is lost: from then on nothing of this reset is good for a
 * password, whatever the worker says. Some proof has to have passed; whether it is enough is judged when approval is asked for.
 */
export async function loseFactors(deps: VerifierDeps, asked: Asked & { account: string }): Promise<FactorsLost> {
  const { reset, run, account } = asked;
  const attempt = { subject: reset, updateId: asked.updateId, sealed: asked.sealed };
  const earlier = await earlierOutcome<FactorsLost>(deps, attempt);
  if (earlier) return earlier;

  const typed = await openTyped(deps, 'operation', asked.sealed, reset);
  const before = await statementsOf(deps.db, deps, asked);
  const { policy } = await frozenPolicy(deps.db, before.identified.policy);
  const rule = ruleOf(policy, before.identified.rule);

  return once<FactorsLost>(deps, attempt, async (tx) => {
    const said = await statementsOf(tx, deps, asked);
    const leaf = { type: 'factors.lost', reset, update: asked.updateId, actor: { type: 'claimant' }, ...fromWhere(typed) } as const;
    const refused = async (code: RefusalCode) => {
      await recordLeaf(tx, { ...leaf, outcome: 'denied', reason: code, do: RECOVER }, VERIFIER);
      return { outcome: { outcome: 'refused' as const, code } };
    };
    // The row is gone after a minute; whoever asked is asked again.
    if (!typed) return refused('service-unavailable');
    if (said.proofs.length === 0 || typed.operation !== 'replace-factors') return refused('not-now');
    if (!rule?.replaceFactors) return refused('operation-not-allowed');
    const stopped = isHalted(await haltNow(tx, deps.keys.checking), said.identified.protected) ? { stopped: true as const } : {};
    // A verifier that died after signing left a word that nobody heard of: the same one, said again, is that one.
    const [chosen] = said.chosen;
    if (chosen?.operation === 'replace-factors') return { outcome: { outcome: 'lost', ...stopped } };
    if (chosen || said.approvers.length > 0) return refused('not-now');
    const attestation = await attest(tx, deps, { kind: 'operation', reset, run, account, operation: 'replace-factors' });
    await tx.reset.updateMany({ where: { id: reset }, data: { operation: 'replace-factors' } });
    const facts = { operation: 'replace-factors', attestation, ...RECOVER };
    await recordLeaf(tx, { ...leaf, outcome: 'success', do: facts }, VERIFIER);
    return { outcome: { outcome: 'lost', ...stopped } };
  });
}
