import { openCheckpoint, type Checkpoint } from '#evidence/checkpoint.ts';
import { parseLogProof } from '#evidence/log-proof.ts';
import { verifyConsistency, verifyInclusion } from '#evidence/merkle-proof.ts';
import { judgeCheckpoint } from '#evidence/quorum.ts';
import type { TrustPolicy } from '#evidence/trust-policy.ts';
import { Malformed } from '#evidence/malformed.ts';
import type { BundleParts, Growth } from './bundle-parts.ts';
import { counted, fail, finding, incomplete, type Finding, type Problem } from './finding.ts';
import { leafInLog, type LeafInLog } from './leaf-in-log.ts';

/** A tree that the quorum has cosigned: from `since` on (POSIX seconds) nobody could change what it covers. */
export interface Cosigned {
  readonly size: bigint;
  readonly since: bigint | undefined;
}

export function checkLeaves({ leaves }: Pick<BundleParts, 'leaves'>): { finding: Finding; leaves: LeafInLog[] } {
  const problems: Problem[] = [];
  const read = leaves.flatMap(({ index, text }) => {
    try {
      return [leafInLog(index, text)];
    } catch (error) {
      problems.push(
        fail(`leaf ${index} ${error instanceof Malformed ? `cannot be read: ${error.message}` : 'has not the members of a leaf'}`),
      );
      return [];
    }
  });
  const check = 'Each leaf is one canonical text and says what, when, where, by whom and with which outcome';
  return {
    finding: finding(check, 'NIST SP 800-53 AU-3; PCI DSS 10.2.2', problems, counted(read.length, 'leaf', 'leaves')),
    leaves: read,
  };
}

export function checkInclusion(parts: Pick<BundleParts, 'leaves'>, leaves: readonly LeafInLog[], { size, root }: Checkpoint): Finding {
  const hashes = new Map(leaves.map(({ index, hash }) => [index, hash]));
  const wrong = parts.leaves.filter(({ index, path }) => {
    const leafHash = hashes.get(index);
    return !leafHash || !verifyInclusion({ index, size, leafHash, path, root });
  });
  return finding(
    'Each leaf is in the tree of the checkpoint, at its index',
    'NIST SP 800-53 AU-9(3), AU-10; PCI DSS 10.3.4',
    wrong.map(({ index }) => fail(`leaf ${index} is not in the tree`)),
    `${parts.leaves.length} inclusion proofs lead to the root of ${size} leaves`,
  );
}

/** The checkpoint as the log signed it, whoever cosigned; undefined with a finding when no trusted log did. */
export function checkSignature(note: string, policy: TrustPolicy): { finding: Finding; checkpoint: Checkpoint | undefined } {
  const opened = openCheckpoint(
    note,
    policy.logs.map(({ key }) => key),
  );
  const said = opened.ok ? `${opened.log.name}, ${opened.checkpoint.size} leaves` : opened.sentence;
  return {
    finding: finding(
      'A log that you trust has signed the checkpoint',
      'NIST SP 800-53 AU-10; RBI Master Direction 15(b)',
      opened.ok ? [] : [fail(said)],
      said,
    ),
    checkpoint: opened.ok ? opened.checkpoint : undefined,
  };
}

export function checkQuorum(note: string, policy: TrustPolicy, now: Date): Finding {
  const judged = judgeCheckpoint(note, policy);
  const check = 'The quorum of your witnesses has cosigned the checkpoint';
  const serves = 'NIST SP 800-53 AU-9(2), AU-9(3); PCI DSS 10.3.3; ISO/IEC 27001 A.8.15';
  if (!judged.ok) return finding(check, serves, [judged.reason === 'no-quorum' ? incomplete(judged.sentence) : fail(judged.sentence)], '');
  if (judged.since === undefined) return { check, serves, verdict: 'unknown', said: 'your trust policy asks for no witness' };
  const age = BigInt(Math.floor(now.getTime() / 1000)) - judged.since;
  return finding(check, serves, [], `${[...judged.witnesses.keys()].join(', ')}; since ${timeOf(judged.since)}, ${age} s before now`);
}

/** That the log only grew: from every receipt, from the auditor's prior checkpoint, and from the one that they hold. */
export function checkConsistency(parts: BundleParts, checkpoint: Checkpoint, policy: TrustPolicy, held: string | undefined): Finding {
  const logs = policy.logs.map(({ key }) => key);
  const grows = (what: string, note: string, growth: Growth): Problem[] => {
    const old = openCheckpoint(note, logs);
    if (!old.ok) return [fail(`${what}: ${old.sentence}`)];
    const { size: oldSize, root: oldRoot, origin } = old.checkpoint;
    const { size, root } = checkpoint;
    const holds =
      origin === checkpoint.origin &&
      oldSize === growth.oldSize &&
      (oldSize === 0n ? growth.proof.length === 0 : verifyConsistency({ oldSize, size, oldRoot, root, path: growth.proof }));
    return holds ? [] : [fail(`${what}: the log of ${oldSize} leaves is not the beginning of the log of ${size}`)];
  };
  const problems = [
    ...parts.receipts.flatMap(({ index, proof, consistency }) =>
      grows(`receipt of leaf ${index}`, parseLogProof(proof).checkpoint, consistency),
    ),
    ...(parts.prior ? grows('prior.note', parts.prior.checkpoint, parts.prior.consistency) : []),
    ...(held === undefined ? [] : againstHeld(parts, checkpoint, logs, held)),
  ];
  const count = parts.receipts.length + (parts.prior ? 1 : 0) + (held === undefined ? 0 : 1);
  return finding(
    held === undefined ? 'The log only grew since each checkpoint in the bundle' : 'The log only grew since the checkpoint that you hold',
    'NIST SP 800-53 AU-9(3); PCI DSS 10.3.4; DORA RTS 2024/1774 Art. 12(2)(d)',
    problems,
    count === 0
      ? 'there is no earlier checkpoint to compare with'
      : count === 1
        ? 'one earlier checkpoint is a beginning of this log'
        : `${count} earlier checkpoints are beginnings of this log`,
  );
}

function againstHeld(
  { prior, receipts }: BundleParts,
  checkpoint: Checkpoint,
  logs: TrustPolicy['logs'][number]['key'][],
  note: string,
): Problem[] {
  const held = openCheckpoint(note, logs);
  if (!held.ok)
    return [
      incomplete(
        `the checkpoint that you hold cannot be opened with your trust policy: ${held.sentence}. If your copy was damaged, use another`,
      ),
    ];
  const { size, root, origin } = held.checkpoint;
  if (origin !== checkpoint.origin) return [fail(`you hold a checkpoint of ${origin}, the bundle is of ${checkpoint.origin}`)];
  if (size === checkpoint.size)
    return root.equals(checkpoint.root) ? [] : [fail(`two trees of ${size} leaves were signed: keep both notes, together they prove it`)];
  if (size > checkpoint.size)
    return [incomplete(`you hold a larger tree (${size} leaves) than the bundle's (${checkpoint.size}); ask for a newer bundle`)];
  // Every tree that the bundle proves to be a beginning of its own; that each does, was looked at above.
  const earlier = [...(prior ? [prior.checkpoint] : []), ...receipts.map(({ proof }) => parseLogProof(proof).checkpoint)];
  const known = earlier.map((each) => openCheckpoint(each, logs)).find((each) => each.ok && each.checkpoint.size === size);
  if (known?.ok)
    return known.checkpoint.root.equals(root)
      ? []
      : [fail(`the bundle grows from another tree of ${size} leaves than the one that you hold`)];
  return [incomplete('the bundle does not grow from the checkpoint that you hold; ask for one with --since-checkpoint <that file>')];
}

export const timeOf = (seconds: bigint): string => new Date(Number(seconds) * 1000).toISOString();
