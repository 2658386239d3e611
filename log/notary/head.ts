import { openCheckpoint, printCheckpoint } from '#evidence/checkpoint.ts';
import { emptyFrontier, frontierRoot, type Frontier } from '#evidence/frontier.ts';
import { printNote, signText } from '#evidence/signed-note.ts';
import type { Signer } from '#evidence/signer-key.ts';
import type { VerifierKey } from '#evidence/verifier-key.ts';
import type { Database, Transaction } from '#db';
import { Overtaken } from './overtaken.ts';

/** Where the log stands: everything up to `size` is in order and signed. */
export interface Head {
  size: bigint;
  root: Buffer;
  frontier: Frontier;
  /** No transaction numbered below this one has a leaf that waits. */
  oldest: string;
  /** The checkpoint of this size, signed by the log. */
  signed: string;
  publishedSize: bigint;
  published: string | null;
}

const HASH = 32;

/**
 * The head of a log, made when it is the first start. Throws when a tree of another origin lies in this database, or when
 * its transactions are numbered below those that the log has taken already: none of them would ever get its turn.
 */
export async function openHead(db: Database, signer: Signer): Promise<Head> {
  const origin = signer.verifier.name;
  const foreign = await db.logHead.findFirst({ where: { NOT: { origin } }, select: { origin: true } });
  if (foreign)
    throw new Error(
      `This database holds the log ${foreign.origin}. Start the notary with its key, or give ${origin} a database of its own.`,
    );
  const root = frontierRoot(emptyFrontier());
  await db.$executeRaw`INSERT INTO log_head (origin, size, root, frontier, oldest_xid, signed)
    VALUES (${origin}, 0, ${root}, ''::bytea, '0'::xid8, ${signCheckpoint(signer, 0n, root)}) ON CONFLICT DO NOTHING`;
  const head = await readHead(db, origin);
  const [{ next } = { next: '' }] = await db.$queryRaw<{ next: string }[]>`SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS next`;
  if (BigInt(next) < BigInt(head.oldest)) throw new Error(renumbered(BigInt(head.oldest)));
  return head;
}

/** PostgreSQL counts a transaction as epoch and 32 bits (pg_resetwal -e and -x). */
function renumbered(taken: bigint): string {
  const next = taken + 1_000_000n;
  return (
    `This database numbers its transactions anew: it was restored from a dump, into a server that is younger than the log. ` +
    `Stop the server, run pg_resetwal -e ${next >> 32n} -x ${next & 0xffff_ffffn} on its data folder, and start both again. Nothing was signed.`
  );
}

type Row = {
  size: bigint;
  root: Uint8Array;
  frontier: Uint8Array;
  oldest: string;
  signed: string;
  published_size: bigint;
  published: string | null;
};

/** The head as it is in the database. Throws when there is none, or when it does not fit its own root. */
export async function readHead(db: Pick<Transaction, '$queryRaw'>, origin: string): Promise<Head> {
  const [row] = await db.$queryRaw<Row[]>`
    SELECT size, root, frontier, oldest_xid::text AS oldest, signed, published_size, published FROM log_head WHERE origin = ${origin}`;
  if (!row) throw new Error(`The log ${origin} has no head in this database.`);
  const all = Buffer.from(row.frontier);
  const hashes = Array.from({ length: all.length / HASH }, (_, at) => all.subarray(at * HASH, (at + 1) * HASH));
  const frontier = { size: row.size, hashes };
  const root = Buffer.from(row.root);
  if (!frontierRoot(frontier).equals(root))
    throw new Error(`The head of the log ${origin} does not fit its own root. Restore the database; nothing was signed.`);
  return {
    size: row.size,
    root,
    frontier,
    oldest: row.oldest,
    signed: row.signed,
    publishedSize: row.published_size,
    published: row.published,
  };
}

/**
 * The head with a signature of the key that the log has now. One of an earlier key, which the trust policy still names, is
 * replaced: the tree stays what it was. Throws when the head was signed by nobody whom the policy names, and Overtaken.
 */
export async function signedAnew(db: Database, signer: Signer, logs: readonly VerifierKey[], head: Head): Promise<Head> {
  if (openCheckpoint(head.signed, [signer.verifier]).ok) return head;
  const opened = openCheckpoint(head.signed, logs);
  if (!opened.ok) throw new Error(`The head of the log in the database is not of this log: ${opened.sentence}. Nothing was signed.`);
  const signed = signCheckpoint(signer, head.size, head.root);
  const moved = await db.$executeRaw`
    UPDATE log_head SET signed = ${signed} WHERE origin = ${signer.verifier.name} AND size = ${head.size} AND root = ${head.root}`;
  if (moved !== 1) throw new Overtaken();
  return { ...head, signed };
}

export function signCheckpoint(signer: Signer, size: bigint, root: Buffer): string {
  const text = printCheckpoint({ origin: signer.verifier.name, size, root });
  return printNote({ text, signatures: [signText(text, signer)] });
}

/** The frontier as it is kept. */
export function frontierBytes(frontier: Frontier): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat(frontier.hashes));
}
