import { recordLeaf } from '#activities/record-leaf.ts';
import type { CoolingOffBegun } from '#activities/replacement-contract.ts';
import { whyNotWait } from '#domain/replacement-conditions.ts';
import { takeDecisionTurn } from './decision-question.ts';
import { VERIFIER, type VerifierDeps } from './deps.ts';
import { ruleOf } from './frozen-policy.ts';
import { RECOVER } from './lose-factors.ts';
import { databaseTime, earlierOutcome, once } from './once.ts';
import { readReplacement } from './replacement-question.ts';
import { attest, statementsOf } from './statements.ts';

/**
 * Begins the wait of a replacement, once everything asked for is there by this process's own statements and by what the
 * directory says now, and signs its one end. However often it is asked, by whatever worker, it begins once.
 */
export async function beginCoolingOff(
  deps: VerifierDeps,
  asked: { reset: string; run: string; account: string },
): Promise<CoolingOffBegun> {
  const { reset, run, account } = asked;
  const attempt = { subject: reset, updateId: 'cooling-off', sealed: '' };
  const earlier = await earlierOutcome<CoolingOffBegun>(deps, attempt);
  if (earlier) return earlier;
  const read = await readReplacement(deps, asked);

  return once<CoolingOffBegun>(deps, attempt, async (tx) => {
    await takeDecisionTurn(tx, reset);
    const leaf = { type: 'replacement.waits', reset, actor: { type: 'service', name: VERIFIER } } as const;
    const { identified } = await statementsOf(tx, deps, asked);
    const question = await read?.question(tx);
    const wait = question && ruleOf(question.policy, identified.rule)?.replaceFactors?.wait;
    const why = question ? (whyNotWait(question) ?? (wait === undefined ? 'operation-not-allowed' : undefined)) : 'account-changed';
    if (why || wait === undefined) {
      const code = why ?? 'operation-not-allowed';
      await recordLeaf(tx, { ...leaf, outcome: 'denied', reason: code, do: RECOVER }, VERIFIER);
      return { outcome: { outcome: 'refused', code } };
    }
    const until = new Date((await databaseTime(tx)).getTime() + wait * 1000).toISOString();
    const attestation = await attest(tx, deps, { kind: 'cooling-off', reset, run, account, operation: 'replace-factors', until });
    await recordLeaf(tx, { ...leaf, outcome: 'success', do: { attestation, until, wait, ...RECOVER } }, VERIFIER);
    return { outcome: { outcome: 'begun', until } };
  });
}
