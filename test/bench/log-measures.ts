import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { awaitWitnessed } from '#activities/record/await-witnessed.ts';
import { printCheckpoint } from '#evidence/checkpoint.ts';
import { parseEntries, printEntries } from '#evidence/entry-bundle.ts';
import { appendLeaf as appendHash, emptyFrontier, frontierRoot, rootOf } from '#evidence/frontier.ts';
import { encodeLeaf } from '#evidence/leaf.ts';
import { printLogProof } from '#evidence/log-proof.ts';
import { inclusionParts, makeProof } from '#evidence/merkle-proof.ts';
import { leafHash } from '#evidence/merkle-tree.ts';
import { printNote, signText, type NoteSignature } from '#evidence/signed-note.ts';
import type { Signer } from '#evidence/signer-key.ts';
import type { Database } from '#db';
import { listenForChanges } from '#prisma/changes.ts';
import { appendLeaf } from '#prisma/leaves.ts';
import { uuidv7 } from '#prisma/uuid.ts';

const MARK = '00000000-0000-7000-8000-000000000000';

/** A leaf as a step of a reset leaves it, some 700 bytes, with an id to be replaced. */
export function typicalLeaf(): string {
  return encodeLeaf({
    v: 1,
    id: MARK,
    type: 'reset.requested',
    outcome: 'success',
    wseq: '7',
    prev: Buffer.alloc(32, 1).toString('base64'),
    t: { wall: new Date().toISOString(), mono_ns: '123456789012345', boot: MARK, src: 'host' },
    by: { process: 'worker', release: '0.1.0' },
    wf: { ns: 'countersign', id: `reset/${MARK}`, run: MARK, activity: '17', attempt: '1' },
    who: { actor: { type: 'claimant' } },
    target: { guid: MARK, sid: 'S-1-5-21-1111111111-2222222222-3333333333-1104', privileged: false },
    src: { ip_c: Buffer.alloc(32, 2).toString('base64') },
    policy: { sha256: 'a'.repeat(64), rule: 'standard' },
    do: { ordinal: 1, digest: 'b'.repeat(64), sealed: MARK },
  }).text;
}

const insertInto = (table: 'leaf' | 'plain'): string =>
  `INSERT INTO ${table} (id, type, outcome, body, hash)
   SELECT id, 'reset.requested', 'success', body, sha256('\\x00'::bytea || convert_to(body, 'UTF8'))
   FROM (SELECT id, replace($1, '${MARK}', id::text) AS body FROM (SELECT gen_random_uuid() AS id FROM generate_series(1, $2)) AS ids) AS made`;

/** PostgreSQL alone: so many such rows inserted and committed, a batch a transaction. Answers rows per second. */
export async function plainInserts(superuser: Database, count: number, batch: number): Promise<number> {
  const body = typicalLeaf();
  await superuser.$executeRawUnsafe('CREATE TABLE plain (LIKE leaf INCLUDING DEFAULTS INCLUDING INDEXES)');
  const began = performance.now();
  for (let done = 0; done < count; done += batch) await insertLeaves(superuser, 'plain', body, batch);
  const seconds = (performance.now() - began) / 1000;
  await superuser.$executeRawUnsafe('DROP TABLE plain');
  return count / seconds;
}

/** Leaves in the outbox, each with the hash of its own body, as their writers would have left them. */
export async function insertLeaves(superuser: Database, table: 'leaf' | 'plain', body: string, count: number): Promise<void> {
  await superuser.$executeRawUnsafe(insertInto(table), body, count);
}

/** Milliseconds from the commit of each leaf to the first published checkpoint that covers it, at so many a second. */
export async function timeToCheckpoint(db: Database, superuser: Database, url: string, rate: number, seconds: number): Promise<number[]> {
  const body = typicalLeaf();
  const published: { size: bigint; at: number }[] = [];
  const changes = listenForChanges(url, { warn: () => {} });
  changes.on(({ topic, id }) => topic === 'log' && /^\d+$/.test(id) && published.push({ size: BigInt(id), at: performance.now() }));
  await sleep(300);
  const committed = new Map<string, number>();
  const writes: Promise<void>[] = [];
  const began = performance.now();
  for (let n = 0; n < rate * seconds; n++) {
    const due = began + (n * 1000) / rate;
    if (due > performance.now()) await sleep(due - performance.now());
    writes.push(writeOne(superuser, body).then((id) => void committed.set(id, performance.now())));
  }
  await Promise.all(writes);
  await untilPublished(db);
  await changes.close();
  const entries = await db.logEntry.findMany({ where: { leafId: { in: [...committed.keys()] } }, select: { leafId: true, index: true } });
  return entries.flatMap(({ leafId, index }) => {
    const first = published.find(({ size }) => size > index);
    return first ? [Math.max(0, first.at - (committed.get(leafId) ?? first.at))] : [];
  });
}

/** One leaf in a transaction of its own, in one statement: the writers' own work is not what is measured. */
async function writeOne(superuser: Database, body: string): Promise<string> {
  const [row] = await superuser.$queryRawUnsafe<{ id: string }[]>(
    `WITH made AS (${insertInto('leaf')} RETURNING id)
     SELECT id::text, pg_notify('countersign', 'audit:' || id)::text FROM made`,
    body,
    1,
  );
  return row?.id ?? '';
}

/** Resolves when every leaf is in a published checkpoint. */
export async function untilPublished(db: Database): Promise<void> {
  for (;;) {
    const [head] = await db.$queryRaw<{ size: bigint }[]>`SELECT published_size AS size FROM log_head`;
    if ((head?.size ?? 0n) >= BigInt(await db.leaf.count())) return;
    await sleep(20);
  }
}

/** Milliseconds that a reset waits at its gate: from the commit of its intent until the worker has the receipt. */
export async function gateLatency(worker: Database, url: string, times: number): Promise<number[]> {
  const changes = listenForChanges(url, { warn: () => {} });
  await sleep(300);
  const waited: number[] = [];
  for (let n = 0; n < times; n++) {
    const leaf = await worker.$transaction((tx) => appendLeaf(tx, { type: 'intent', outcome: 'started', do: { ordinal: 1 } }, 'bench'));
    const began = performance.now();
    await awaitWitnessed({ db: worker, changes }, { leaf });
    waited.push(performance.now() - began);
  }
  await changes.close();
  return waited;
}

/** Seconds, and those of them on a processor, to recompute the root over so many leaves from their entry bundles, as an auditor does. Making them is not counted. */
export function verifySeconds(count: number): { seconds: number; cpu: number } {
  const body = typicalLeaf();
  const frontier = emptyFrontier();
  let spent = 0;
  let cpu = 0;
  for (let start = 0; start < count; start += 256) {
    const width = Math.min(256, count - start);
    const bundle = printEntries(Array.from({ length: width }, () => Buffer.from(body.replace(MARK, uuidv7()))));
    const began = performance.now();
    const usedBefore = process.cpuUsage();
    for (const entry of parseEntries(bundle, width)) appendHash(frontier, leafHash(entry));
    const used = process.cpuUsage(usedBefore);
    spent += performance.now() - began;
    cpu += used.user + used.system;
  }
  frontierRoot(frontier);
  return { seconds: spent / 1000, cpu: cpu / 1e6 };
}

/** Bytes of the proof of one leaf in a log of this size, cosigned by these witnesses. */
export function proofBytes(size: number, log: Signer, witnesses: readonly Signer[]): number {
  const hashes = Array.from({ length: size }, (_, at) => leafHash(String(at)));
  const path = makeProof(inclusionParts(BigInt(size >> 1), BigInt(size)), ({ level, index }) => {
    const width = 2 ** level;
    return rootOf(hashes.slice(Number(index) * width, (Number(index) + 1) * width));
  });
  const text = printCheckpoint({ origin: log.verifier.name, size: BigInt(size), root: rootOf(hashes) });
  const signatures: NoteSignature[] = [signText(text, log), ...witnesses.map((witness) => signText(text, witness, 1_800_000_000n))];
  return Buffer.byteLength(printLogProof({ index: BigInt(size >> 1), path, checkpoint: printNote({ text, signatures }) }));
}
