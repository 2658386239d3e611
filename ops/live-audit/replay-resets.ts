import { createHash, type KeyObject } from 'node:crypto';
import { chainProblems } from '#audit/check-chains.ts';
import { checkReceipts } from '#audit/check-receipts.ts';
import { endedDelegations, factorChanges, lastResets } from '#audit/check-replay.ts';
import { fail, type Problem } from '#audit/finding.ts';
import { byReset, leafInLog, type LeafInLog } from '#audit/leaf-in-log.ts';
import { replayReset } from '#audit/replay-reset.ts';
import type { TrustPolicy } from '#evidence/trust-policy.ts';
import { MAX_NUMBER } from '#evidence/wire-text.ts';
import { policyVersion } from '#prisma/policies.ts';
import { signedDecisions } from '#prisma/decision-text.ts';
import { delegationsOf } from '#prisma/delegation-text.ts';
import { readStatement } from '#prisma/statement-text.ts';
import type { Database, Transaction } from '#db';

export interface ReplayWith {
  readonly db: Database;
  readonly verifierKey: KeyObject;
  readonly policy: TrustPolicy;
}

/** So many resets are read at once. */
const STEP = 100;

/**
 * Replays these resets as they stand in the database, each batch as of one moment: chains without a gap, and nothing
 * written but what the policy of its time allowed. A reset may still be open; a write whose intent has no receipt may not.
 */
export async function replayResets(deps: ReplayWith, resets: readonly string[]): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (let at = 0; at < resets.length; at += STEP) {
    const batch = resets.slice(at, at + STEP);
    // One snapshot: a leaf and the statement that it names were written together, and must be read together.
    problems.push(
      ...(await deps.db.$transaction((tx) => replayBatch(tx, deps, batch), { isolationLevel: 'RepeatableRead', timeout: 60_000 })),
    );
  }
  return problems;
}

async function replayBatch(tx: Transaction, { verifierKey, policy }: ReplayWith, resets: readonly string[]): Promise<Problem[]> {
  const rows = await tx.$queryRaw<{ index: bigint | null; id: string; body: string }[]>`
    SELECT e.index, l.id::text, l.body FROM leaf l LEFT JOIN log_entry e ON e.leaf_id = l.id WHERE l.reset_id::text = ANY(${resets}) ORDER BY e.index`;
  const unreadable: Problem[] = [];
  const leaves = rows.flatMap(({ index, body }): LeafInLog[] => {
    try {
      // Not yet in order: it will come after everything that is.
      return [leafInLog(index ?? MAX_NUMBER, body)];
    } catch {
      unreadable.push(fail(`leaf ${index} cannot be read as a leaf`));
      return [];
    }
  });
  const attestations = await tx.attestation.findMany({ where: { resetId: { in: [...resets] } }, select: { body: true, signature: true } });
  const statements = attestations.flatMap(({ body, signature }) => {
    const statement = readStatement(body, signature, verifierKey);
    return statement ? [[createHash('sha256').update(body).digest('hex'), statement] as const] : [];
  });
  const stored = await tx.logReceipt.findMany({
    where: { leafId: { in: rows.map(({ id }) => id) } },
    select: { index: true, proof: true },
  });
  const { receipts, finding } = checkReceipts(
    { receipts: stored.map((receipt) => ({ ...receipt, consistency: { oldSize: 0n, proof: [] } })) },
    leaves,
    policy,
  );
  const chains = byReset(leaves);
  const policies = await policiesOf(tx, leaves);
  const lastReset = lastResets(leaves);
  const factorChange = factorChanges(leaves);
  const said = statements.map(([, statement]) => statement);
  const signed = signedDecisions(said, verifierKey);
  const delegations = delegationsOf(said, verifierKey);
  const wasEnded = endedDelegations(leaves);
  return [
    ...unreadable,
    ...(finding.verdict === 'pass' ? [] : [fail(finding.said)]),
    ...[...chains].flatMap(([reset, chain]) => [
      ...chainProblems(reset, chain),
      ...replayReset({
        reset,
        leaves: chain,
        statements: new Map(statements.filter(([, statement]) => statement.reset === reset)),
        signedDecisions: signed,
        policies,
        receipts,
        lastReset,
        factorChange,
        delegations,
        wasEnded,
        mayBeOpen: true,
      }),
    ]),
  ];
}

async function policiesOf(tx: Transaction, leaves: readonly LeafInLog[]) {
  const hashes = new Set(leaves.flatMap(({ body }) => (body.type === 'intent' && body.policy ? [body.policy.sha256] : [])));
  const found = await Promise.all([...hashes].map((sha256) => policyVersion(tx, sha256)));
  return new Map(found.flatMap((version) => (version ? [[version.sha256, version.policy] as const] : [])));
}
