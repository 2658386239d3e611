import type { BundleParts } from '#audit/bundle-parts.ts';
import { sealOf } from '#audit/check-histories.ts';
import { commitmentsIn } from '#audit/check-openings.ts';
import { leafInLog, type LeafInLog } from '#audit/leaf-in-log.ts';
import { parseCheckpoint } from '#evidence/checkpoint.ts';
import { parseLogProof } from '#evidence/log-proof.ts';
import { consistencyParts, inclusionParts, makeProof } from '#evidence/merkle-proof.ts';
import { parseNote } from '#evidence/signed-note.ts';
import type { Database } from '#db';
import type { HistoryKeys } from '#history/open-ring.ts';
import { Sentence } from '../sentence.ts';
import { codeNamed, foundOf, keysOfHistories, type FindCode, type FindHistory } from './histories.ts';
import { leavesOf, type Asked, type StoredLeaf } from './leaves.ts';
import type { PublishedTiles } from './tiles.ts';

export interface CollectFrom {
  /** With the rights of the auditor, which read only. */
  readonly db: Database;
  readonly tiles: PublishedTiles;
  readonly findHistory: FindHistory;
  readonly findCode: FindCode;
  /** The ring of this machine: of it, only what opens the histories of the bundle is given out. */
  readonly keys: HistoryKeys;
  readonly trust: BundleParts['trust'];
}

export interface CollectWhat {
  readonly asked: Asked;
  /** Whether personal data is disclosed to this auditor: what is behind commitments, and what opens the histories. */
  readonly openings: boolean;
  /** A checkpoint that the auditor holds, as a signed note. */
  readonly prior?: string | undefined;
}

export const sizeOf = (note: string): bigint => parseCheckpoint(parseNote(note).text).size;

/**
 * All that a bundle holds, read from the database and the published log as they are: nothing is judged here, so that an
 * exporter who is lied to hands out the lie for the auditor to find. Throws a sentence when something cannot be had.
 */
export async function collect(
  { db, tiles, findHistory, findCode, keys, trust }: CollectFrom,
  { asked, openings, prior }: CollectWhat,
): Promise<BundleParts> {
  let checkpoint = tiles.checkpoint();
  const { scope, leaves } = await leavesOf(db, asked, () => sizeOf((checkpoint = tiles.checkpoint())));
  const size = sizeOf(checkpoint);
  const hashOf = tiles.hashesOf(size);
  const growth = (oldSize: bigint) => ({ oldSize, proof: makeProof(consistencyParts(oldSize, size), hashOf) });
  if (prior !== undefined && sizeOf(prior) > size)
    throw new Sentence(
      `The checkpoint that you hold has more leaves than the published log (${size}). Keep it: it shows that the log was put back.`,
    );

  const read = leaves.flatMap(({ index, text }) => readOrNothing(index ?? 0n, text));
  const histories = historiesOf(read, findHistory);
  const receipts = await db.logReceipt.findMany({
    where: { leafId: { in: leaves.filter(({ type }) => type === 'intent').map(({ id }) => id) } },
    select: { index: true, proof: true },
    orderBy: { index: 'asc' },
  });
  return {
    scope,
    leaves: leaves.map(({ index, text }) => ({ index: index ?? 0n, text, path: makeProof(inclusionParts(index ?? 0n, size), hashOf) })),
    checkpoint,
    receipts: receipts.map(({ index, proof }) => ({ index, proof, consistency: growth(sizeOf(parseLogProof(proof).checkpoint)) })),
    ...(prior === undefined ? {} : { prior: { checkpoint: prior, consistency: growth(sizeOf(prior)) } }),
    statements: await statementsOf(db, leaves),
    ...(openings ? { openings: await openingsOf(db, read.flatMap(commitmentsIn)) } : {}),
    policies: await policiesOf(db, read),
    histories,
    ...(openings ? { historyKeys: keysOfHistories(read, histories, keys) } : {}),
    code: codeNamed(read, findCode),
    trust,
  };
}

/** A leaf that somebody spoilt goes into the bundle as it is; what it would have named is then not looked for. */
function readOrNothing(index: bigint, text: string): LeafInLog[] {
  try {
    return [leafInLog(index, text)];
  } catch {
    return [];
  }
}

async function statementsOf(db: Database, leaves: readonly StoredLeaf[]): Promise<BundleParts['statements']> {
  const resets = [...new Set(leaves.flatMap(({ reset }) => (reset === null ? [] : [reset])))];
  const rows = await db.attestation.findMany({ where: { resetId: { in: resets } }, select: { body: true, signature: true } });
  return rows.map(({ body, signature }) => ({ text: body, signature: Buffer.from(signature) }));
}

async function openingsOf(db: Database, commitments: readonly string[]): Promise<NonNullable<BundleParts['openings']>> {
  const rows = await db.opening.findMany({ where: { commitment: { in: [...new Set(commitments)] } } });
  return rows.map(({ commitment, salt, value }) => ({ commitment, salt: Buffer.from(salt), value }));
}

async function policiesOf(db: Database, leaves: readonly LeafInLog[]): Promise<string[]> {
  const named = leaves.flatMap(({ body }) => [body.policy?.sha256, body.type === 'policy.loaded' ? body.do?.['sha256'] : undefined]);
  const hashes = [...new Set(named.filter((hash) => typeof hash === 'string'))];
  const rows = await db.policyVersion.findMany({ where: { sha256: { in: hashes } }, select: { text: true } });
  return rows.map(({ text }) => text);
}

function historiesOf(leaves: readonly LeafInLog[], find: FindHistory): Map<string, Uint8Array> {
  const runs = leaves.flatMap((leaf) => sealOf(leaf)?.run ?? []);
  return foundOf(runs, find);
}
