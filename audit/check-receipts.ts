import { parseLogProof, provesLeaf } from '#evidence/log-proof.ts';
import { judgeCheckpoint } from '#evidence/quorum.ts';
import type { TrustPolicy } from '#evidence/trust-policy.ts';
import type { BundleParts } from './bundle-parts.ts';
import { counted, fail, finding, incomplete, type Finding, type Problem } from './finding.ts';
import type { Cosigned } from './check-log.ts';
import type { LeafInLog } from './leaf-in-log.ts';

export type Receipts = ReadonlyMap<bigint, Cosigned>;

/** What the writer was shown before each write: that the intent was in a tree of the quorum. */
export function checkReceipts(
  { receipts }: Pick<BundleParts, 'receipts'>,
  leaves: readonly LeafInLog[],
  policy: TrustPolicy,
): { finding: Finding; receipts: Receipts } {
  const texts = new Map(leaves.map(({ index, text }) => [index, text]));
  const good = new Map<bigint, Cosigned>();
  const problems = receipts.flatMap(({ index, proof }): Problem[] => {
    const read = parseLogProof(proof);
    const judged = judgeCheckpoint(read.checkpoint, policy);
    const leaf = texts.get(index);
    if (!judged.ok)
      return [judged.reason === 'no-quorum' ? incomplete(`leaf ${index}: ${judged.sentence}`) : fail(`leaf ${index}: ${judged.sentence}`)];
    if (leaf === undefined || !provesLeaf(read, leaf, judged.checkpoint)) return [fail(`the receipt of leaf ${index} does not prove it`)];
    good.set(index, { size: judged.checkpoint.size, since: judged.since });
    return [];
  });
  return {
    finding: finding(
      'Each intent was shown to the quorum of your witnesses by the receipt that the writer asked for',
      'NIST SP 800-53 AU-10, AC-3(2); PCI DSS 8.2.4',
      problems,
      counted(good.size, 'receipt'),
    ),
    receipts: good,
  };
}
