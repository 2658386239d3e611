import './web-buffer.ts';
import { parseCanonical } from '#evidence/jcs.ts';
import { Malformed } from '#evidence/malformed.ts';
import { inclusionParts, makeProof, verifyInclusion } from '#evidence/merkle-proof.ts';
import { leafHash } from '#evidence/merkle-tree.ts';
import { judgeCheckpoint } from '#evidence/quorum.ts';
import { hashesFromTiles } from '#evidence/tiles.ts';
import { parseTrustPolicy, type TrustPolicy } from '#evidence/trust-policy.ts';
import type { ResetEvidence } from '../records.ts';
import { fetchCheckpoint, fetchPolicy, fetchTiles, Moved } from './log-over-http.ts';
import type { Check, Judgement, Verdict } from './verdict.ts';
import { forget, settled } from './web-crypto.ts';

const TRIES = 5;

/**
 * Verifies the leaves of a reset in this browser: checkpoint, policy and tiles are fetched from the log, and everything
 * that the answer rests on is computed here. `ownPolicy` is the file that the auditor keeps; without it the server's own
 * is taken, which says less, and the check says so. Rejects when the log cannot be read at all.
 */
export async function verifyEvidence(evidence: ResetEvidence, ownPolicy?: string): Promise<Verdict> {
  for (let tries = 1; ; tries++) {
    forget();
    try {
      return await verifyOnce(evidence, ownPolicy);
    } catch (error) {
      if (!(error instanceof Moved) || tries === TRIES) throw error;
    }
  }
}

async function verifyOnce(evidence: ResetEvidence, ownPolicy: string | undefined): Promise<Verdict> {
  const text = ownPolicy ?? (await fetchPolicy());
  const policy = await settled(() => readPolicy(text));
  const chain = await checkChain(evidence);
  if (policy instanceof Malformed)
    return unproven(evidence, [{ judgement: 'fail', word: 'evidence.check.policyBad', values: { why: policy.message } }, chain]);
  const known: Check = ownPolicy
    ? { judgement: 'pass', word: 'evidence.check.policyOwn', values: {} }
    : { judgement: 'note', word: 'evidence.check.policyServer', values: {} };

  const note = await fetchCheckpoint();
  const judged = await settled(() => judgeCheckpoint(note, policy));
  if (!judged.ok) {
    const word = judged.reason === 'no-quorum' ? 'evidence.check.quorumBad' : 'evidence.check.signatureBad';
    return unproven(evidence, [known, { judgement: 'fail', word, values: { why: judged.sentence } }, chain]);
  }
  const { origin, size, root } = judged.checkpoint;
  const signed: Check = { judgement: 'pass', word: 'evidence.check.signature', values: { origin, size: String(size) } };
  const who = [...judged.witnesses].map(([name, time]) => `${name} (${inUtc(time)})`).join(', ');
  const cosigned: Check = { judgement: 'pass', word: 'evidence.check.quorum', values: { who, quorum: policy.quorum ?? 'none' } };

  const leaves = await judgeLeaves(evidence, size, root);
  return { checks: [known, signed, cosigned, ...saidOf(leaves, evidence), chain], leaves };
}

function readPolicy(text: string): TrustPolicy | Malformed {
  try {
    return parseTrustPolicy(text);
  } catch (error) {
    if (error instanceof Malformed) return error;
    throw error;
  }
}

async function judgeLeaves(evidence: ResetEvidence, size: bigint, root: Uint8Array): Promise<Map<string, Judgement>> {
  const placed = evidence.leaves.flatMap(({ id, index, text }) =>
    index !== null && BigInt(index) < size ? [{ id, index: BigInt(index), text, parts: inclusionParts(BigInt(index), size) }] : [],
  );
  const read = await fetchTiles(
    placed.map(({ parts }) => parts),
    size,
  );
  const hashOf = hashesFromTiles(size, read);
  const judged = new Map<string, Judgement>(evidence.leaves.map(({ id }) => [id, 'open']));
  for (const { id, index, text, parts } of placed) {
    // Subtree by subtree, so that no question is asked over a long way again.
    for (const subtree of parts.flat()) await settled(() => hashOf(subtree));
    // The hash is that of the text on the screen; what the server says it is does not matter.
    const holds = await settled(() => verifyInclusion({ index, size, leafHash: leafHash(text), path: makeProof(parts, hashOf), root }));
    judged.set(id, holds ? 'pass' : 'fail');
  }
  return judged;
}

function saidOf(leaves: ReadonlyMap<string, Judgement>, evidence: ResetEvidence): Check[] {
  const steps = (judgement: Judgement) => evidence.leaves.flatMap(({ id }, at) => (leaves.get(id) === judgement ? [at + 1] : []));
  const [passed, failed, open] = [steps('pass'), steps('fail'), steps('open')];
  return [
    ...(failed.length > 0
      ? [{ judgement: 'fail', word: 'evidence.check.leavesBad', values: { steps: failed.join(', ') } } as const]
      : [{ judgement: 'pass', word: 'evidence.check.leaves', values: { smart_count: passed.length } } as const]),
    ...(open.length > 0 ? [{ judgement: 'open', word: 'evidence.check.leavesOpen', values: { steps: open.join(', ') } } as const] : []),
  ];
}

/**
 * Each leaf of a reset says which it is, from 1, and the hash of the one before: one that is left out or moved breaks it. The first
 * names the reset; what another workflow wrote about it, as that people were told, belongs to it by what it follows.
 */
async function checkChain({ reset, leaves }: ResetEvidence): Promise<Check> {
  let previous: string | null = null;
  for (const [at, { text }] of leaves.entries()) {
    const { wseq, prev, wf } = chained(text);
    const isOfIt = wf === `reset/${reset}` || (at > 0 && !String(wf).startsWith('reset/'));
    if (wseq !== String(at + 1) || prev !== previous || !isOfIt)
      return { judgement: 'fail', word: 'evidence.check.chainBad', values: { step: at + 1 } };
    previous = (await settled(() => leafHash(text))).toString('base64');
  }
  return { judgement: 'pass', word: 'evidence.check.chain', values: { smart_count: leaves.length } };
}

function chained(text: string): { wseq?: unknown; prev?: unknown; wf?: unknown } {
  try {
    const body = parseCanonical(text) as { wseq?: unknown; prev?: unknown; wf?: { id?: unknown } };
    return { wseq: body.wseq, prev: body.prev, wf: body.wf?.id };
  } catch (error) {
    if (error instanceof Malformed) return {};
    throw error;
  }
}

/** Without a checkpoint that holds, nothing is proven about any leaf. */
function unproven(evidence: ResetEvidence, checks: Check[]): Verdict {
  return { checks, leaves: new Map(evidence.leaves.map(({ id }) => [id, 'open'])) };
}

const inUtc = (time: bigint): string => new Date(Number(time) * 1000).toISOString().replace('T', ' ').replace('.000Z', ' UTC');
