import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCheckpoint, type Checkpoint } from '#evidence/checkpoint.ts';
import { rootOf } from '#evidence/frontier.ts';
import { parseLogProof, provesLeaf } from '#evidence/log-proof.ts';
import { leafHash } from '#evidence/merkle-tree.ts';
import { judgeCheckpoint } from '#evidence/quorum.ts';
import { fsckComplaint } from '#test/support/fsck.ts';
import type { TestLog } from './a-log.ts';
import { consistent, entries, published } from './what-a-stranger-reads.ts';

/** Everything of the log that anybody outside has in hand now: what is published, and what each witness has cosigned. */
export async function acknowledged(log: TestLog): Promise<Checkpoint[]> {
  const [head] = await log.db.$queryRaw<{ published: string | null }[]>`SELECT published FROM log_head`;
  const file = join(log.folder, 'checkpoint');
  const notes = [head?.published, existsSync(file) ? readFileSync(file, 'utf8') : undefined, ...log.witnesses.map(lastNote)];
  return notes.flatMap((note) => {
    const opened = note ? openCheckpoint(note, [log.signer.verifier]) : undefined;
    return opened?.ok ? [opened.checkpoint] : [];
  });
}

function lastNote({ stateFile }: { stateFile: string }): string | undefined {
  if (!existsSync(stateFile)) return undefined;
  const seen = JSON.parse(readFileSync(stateFile, 'utf8')) as Record<string, { note: string }>;
  return Object.values(seen)[0]?.note;
}

/**
 * After a restart: the log extends all that was acknowledged, every leaf is in it exactly once, every intent has a receipt
 * that proves it, database and folder tell the same, and Tessera's fsck has nothing to say.
 */
export async function stillStands(log: TestLog, before: readonly Checkpoint[]): Promise<void> {
  await consistent(log);
  const { checkpoint } = published(log);
  const hashes = entries(log, checkpoint.size).map((entry) => leafHash(entry));
  for (const { size, root } of [...before, ...(await acknowledged(log))]) {
    assert.ok(size <= checkpoint.size, `the checkpoint of ${size} was acknowledged and the log has ${checkpoint.size}`);
    assert.deepEqual(rootOf(hashes.slice(0, Number(size))), root, `the tree of ${size} is not the one that was acknowledged`);
  }
  assert.equal(await log.db.logEntry.count(), await log.db.leaf.count(), 'a leaf is lost');
  const intents = await log.db.leaf.findMany({ where: { type: 'intent' }, select: { id: true, body: true } });
  for (const { id, body } of intents) {
    const { proof } = await log.db.logReceipt.findUniqueOrThrow({ where: { leafId: id } });
    const read = parseLogProof(proof);
    const judged = judgeCheckpoint(read.checkpoint, log.policy);
    assert.ok(judged.ok && provesLeaf(read, body, judged.checkpoint), 'an intent has no receipt that proves it');
  }
  assert.equal(await fsckComplaint(log.folder, log.signer.verifier), undefined);
}
