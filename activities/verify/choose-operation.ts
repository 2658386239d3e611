import { openWays } from '#domain/key-kinds.ts';
import type { Asked } from '#activities/contract.ts';
import type { OperationChecked } from '#activities/unlock-contract.ts';
import { recordLeaf } from '#activities/record-leaf.ts';
import { Broken } from '#activities/closed-failures.ts';
import { isAccepted } from '#domain/accept.ts';
import { mayUnlock } from '#domain/operation.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import { VERIFIER, type VerifierDeps } from './deps.ts';
import { frozenPolicy, ruleOf } from './frozen-policy.ts';
import { earlierOutcome, once } from './once.ts';
import { openTyped } from './open-typed.ts';
import { attest, statementsOf, type Said } from './statements.ts';
import { fromWhere } from './typed.ts';

type OfReset = { reset: string; run: string; account: string };

/**
 * Whether the account is locked at this moment. Answered only for an account that is proven and that its rule lets be
 * unlocked: throws Broken otherwise, since a worker that asks too early would tell a stranger.
 */
export async function lookForLock(deps: VerifierDeps, asked: OfReset): Promise<{ locked: boolean }> {
  const rule = await provenRule(deps, await statementsOf(deps.db, deps, asked));
  if (!mayUnlock(rule)) throw new Broken('a lock was asked about that the rule lets nobody end');
  return { locked: await isLocked(deps, asked.account) };
}

/**
 * Signs what the claimant, once proven, asked for: the writer unlocks nobody without it, and whoever approves is shown it.
 * Nothing is signed for an account that is not locked now, and nothing more once approval was asked for.
 */
export async function chooseOperation(deps: VerifierDeps, asked: Asked & OfReset): Promise<OperationChecked> {
  const { reset, run, account } = asked;
  const attempt = { subject: reset, updateId: asked.updateId, sealed: asked.sealed };
  const earlier = await earlierOutcome<OperationChecked>(deps, attempt);
  if (earlier) return earlier;

  const typed = await openTyped(deps, 'operation', asked.sealed, reset);
  const rule = await provenRule(deps, await statementsOf(deps.db, deps, asked));
  const locked = await isLocked(deps, account);

  return once<OperationChecked>(deps, attempt, async (tx) => {
    const said = await statementsOf(tx, deps, asked);
    const leaf = { type: 'operation.chosen', reset, update: asked.updateId, actor: { type: 'claimant' }, ...fromWhere(typed) } as const;
    const refused = async (reason: RefusalCode) => {
      const what = typed ? { operation: typed.operation } : {};
      await recordLeaf(tx, { ...leaf, outcome: 'denied', reason, do: what }, VERIFIER);
      return { outcome: { outcome: 'refused' as const, code: reason } };
    };
    // The row is gone after a minute; whoever chose is asked again.
    if (!typed) return refused('service-unavailable');
    const { operation } = typed;
    // Whoever has shown a factor has not lost every one: they change it under My factors.
    if (operation === 'replace-factors' || !rule.may.includes(operation)) return refused('operation-not-allowed');
    // A verifier that died after signing left a choice that nobody heard of: the same one, made again, is that one.
    const [before] = said.chosen;
    if (before?.operation === operation) return { outcome: { outcome: 'chosen', operation } };
    if (before || said.approvers.length > 0) return refused('not-now');
    if (operation === 'unlock' && !locked) return refused('not-locked');
    const attestation = await attest(tx, deps, { kind: 'operation', reset, run, account, operation });
    await tx.reset.updateMany({ where: { id: reset }, data: { operation } });
    await recordLeaf(tx, { ...leaf, outcome: 'success', do: { operation, attestation } }, VERIFIER);
    return { outcome: { outcome: 'chosen', operation } };
  });
}

/** The frozen rule, once everything of one of its ways in has passed by this process's own statements. Throws Broken before. */
async function provenRule(deps: VerifierDeps, said: Said) {
  const { policy } = await frozenPolicy(deps.db, said.identified.policy);
  const rule = ruleOf(policy, said.identified.rule);
  const passed = { proofs: said.proofs.map(({ method }) => method), factors: said.factors.map(({ method }) => method) };
  if (!rule || !isAccepted(openWays(policy, rule, said.identified.protected), passed))
    throw new Broken('an operation was asked about before the claimant was proven');
  return rule;
}

async function isLocked({ people }: VerifierDeps, account: string): Promise<boolean> {
  return (await people.read(account))?.locked ?? false;
}
