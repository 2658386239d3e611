import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { openCheckpoint, printCheckpoint } from '#evidence/checkpoint.ts';
import { rootOf } from '#evidence/frontier.ts';
import { parseLogProof, printLogProof, provesLeaf } from '#evidence/log-proof.ts';
import { consistencyParts, inclusionParts, makeProof, verifyConsistency, verifyInclusion } from '#evidence/merkle-proof.ts';
import { leafHash, nodeHash } from '#evidence/merkle-tree.ts';
import { judgeCheckpoint } from '#evidence/quorum.ts';
import { parseNote, printNote, signText } from '#evidence/signed-note.ts';
import type { Transaction } from '#db';
import { createWitness } from '#log/witness/server.ts';
import { Overtaken } from '#log/notary/overtaken.ts';
import { appendLeaf } from '#prisma/leaves.ts';
import { attackedLog, now, over } from './attacked-log.ts';
import { failing, isOutsideInterval, isSplitView, rowsOf, type Row } from './auditor.ts';

/**
 * The attacks on the log that its design answers, one a test: as PostgreSQL's superuser, with every key that the attacker
 * of that row would hold. Faults of the same table have files of their own: crashes (test/log/crash-*.test.ts), a lost
 * quorum and a late commit (test/log/notary.test.ts), the gate before the write (unwitnessed-intent.test.ts).
 */
const { database, log, superuser, held, notes, published, write, rows, oldSize, signed, after, show, forged } = await attackedLog();

const rewrite = (tx: Transaction, index: number) => tx.$executeRaw`
  UPDATE leaf SET body = replace(body, '"started"', '"failure"') WHERE id = (SELECT leaf_id FROM log_entry WHERE index = ${index})`;
const cutTo = (tx: Transaction, size: bigint) => tx.$executeRaw`DELETE FROM log_entry WHERE index >= ${size}`;

test('0 the honest log: no check fails', async () => {
  assert.deepEqual(await after(async () => {}, { held }), []);
});

test('1 the DBA edits a row: the root recomputed from the rows is not the one that was cosigned', async () => {
  assert.ok((await after((tx) => rewrite(tx, 5))).includes('root'));
});

test('2 the DBA deletes a row in the middle and renumbers the rest: root and chain', async () => {
  const found = await after(async (tx) => {
    await tx.$executeRaw`DELETE FROM log_entry WHERE index = 10`;
    await tx.$executeRaw`UPDATE log_entry SET index = -index WHERE index > 10`;
    await tx.$executeRaw`UPDATE log_entry SET index = -index - 1 WHERE index < 0`;
  });
  assert.ok(found.includes('root') && found.includes('chain') && !found.includes('indexes'));
});

test('3 the DBA swaps two rows: root', async () => {
  const found = await after(async (tx) => {
    await tx.$executeRaw`UPDATE log_entry SET index = -1 WHERE index = 7`;
    await tx.$executeRaw`UPDATE log_entry SET index = 7 WHERE index = 8`;
    await tx.$executeRaw`UPDATE log_entry SET index = 8 WHERE index = -1`;
  });
  assert.ok(found.includes('root'));
});

test('4a the log is cut to an old checkpoint, which is served again: no signature shows it', async (t) => {
  assert.deepEqual(await after((tx) => cutTo(tx, oldSize()), { note: notes[1] ?? '' }), []);
  t.diagnostic('not detectable by the signatures alone, while the old cosignatures are fresh: see 4b, 4c, 4d');
});

test('4b … but a witness does: it has seen more and says so', async () => {
  const leaves = (await rows()).slice(0, Number(oldSize())).map(({ body }) => leafHash(body));
  for (const witness of log.witnesses) assert.ok([400, 409].includes(await show(witness.url, leaves, 0n)));
});

test('4c … and so does the age of the cosignatures', async () => {
  assert.deepEqual(await after((tx) => cutTo(tx, oldSize()), { note: notes[1] ?? '', at: now() + 3600n }), ['freshness']);
});

test('4d … and so does anybody who holds a later checkpoint', async () => {
  assert.deepEqual(await after((tx) => cutTo(tx, oldSize()), { note: notes[1] ?? '', held }), ['held checkpoint']);
});

test("5a an old backup is continued with forged rows under the stolen log key: the log's signature alone shows nothing", async (t) => {
  const leaves = await forged(60);
  const opened = openCheckpoint(signed(BigInt(leaves.length), rootOf(leaves)), [log.signer.verifier]);
  assert.ok(opened.ok);
  t.diagnostic("not detectable by the log's signature alone: see 5b, 5c, 5d");
  assert.equal(judgeCheckpoint(signed(BigInt(leaves.length), rootOf(leaves)), log.policy).ok, false, 'but it has no quorum');
});

test('5b … no witness cosigns it, from whichever size', async () => {
  const leaves = await forged(60);
  const seen = held.at(-1)?.size ?? 0n;
  for (const witness of log.witnesses) {
    assert.equal(await show(witness.url, leaves, seen), 422);
    assert.ok([400, 409].includes(await show(witness.url, leaves, oldSize())));
    assert.ok([400, 409].includes(await show(witness.url, leaves, 0n)));
  }
});

test('5c … it is not consistent with a later checkpoint that somebody holds', async () => {
  const leaves = await forged(60);
  const last = held.at(-1);
  assert.ok(last);
  const path = makeProof(consistencyParts(last.size, BigInt(leaves.length)), over(leaves));
  const claim = { oldSize: last.size, oldRoot: last.root, size: BigInt(leaves.length), root: rootOf(leaves), path };
  assert.equal(verifyConsistency(claim), false);
});

test('5d … and a receipt given out before proves a leaf that is not in it', async () => {
  const receipt = await superuser.logReceipt.findFirstOrThrow({ where: { index: { gte: oldSize() } } });
  const { body } = await superuser.leaf.findUniqueOrThrow({ where: { id: receipt.leafId } });
  const read = parseLogProof(receipt.proof);
  const judged = judgeCheckpoint(read.checkpoint, log.policy);
  assert.ok(judged.ok && provesLeaf(read, body, judged.checkpoint), 'the receipt stands by itself');
  assert.ok(!(await forged(60)).some((hash) => hash.equals(leafHash(body))));
});

test('6a a split view: two notes of one size and two roots convict the log that signed them', async () => {
  const leaves = (await rows()).map(({ body }) => leafHash(body));
  const one = signed(BigInt(leaves.length), rootOf(leaves));
  const other = signed(BigInt(leaves.length), rootOf(leaves.toReversed()));
  assert.ok(isSplitView(one, other, log.signer.verifier));
  assert.ok(!isSplitView(one, one, log.signer.verifier));
});

test('6b … and two of three witnesses never cosign both, in whatever order they are shown', async () => {
  const leaves = (await rows()).map(({ body }) => leafHash(body));
  const seen = BigInt(leaves.length);
  const views = ['one', 'other'].map((name) => [...leaves, leafHash(name)]);
  const cosigned = [0, 0];
  const remembered = log.witnesses.map(({ stateFile }) => readFileSync(stateFile));
  for (const [view, witness] of [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
    [1, 2],
    [0, 2],
  ] as const)
    if ((await show(log.witnesses[witness]?.url, views[view] ?? [], seen)) === 200) cosigned[view] = (cosigned[view] ?? 0) + 1;
  assert.deepEqual(new Set(cosigned), new Set([1, 2]));
  // They remember trees that the notary never made; for the tests after this one they forget them.
  for (const [at, witness] of log.witnesses.entries()) {
    await witness.stop();
    writeFileSync(witness.stateFile, remembered[at] ?? '');
    await witness.start();
  }
});

test('7 two notaries at once: one moves the log, the other ends itself', async () => {
  const two = [await log.open(), await log.open()];
  await write(2);
  const ended = await Promise.allSettled(two.map((notary) => notary.turn()));
  const lost = ended.filter((one) => one.status === 'rejected' && one.reason instanceof Overtaken);
  assert.equal(lost.length, 1);
  await log.settle(await log.open());
});

test('8 a leaf of a reset is suppressed before it is in the log: the chain has a gap, and renumbering breaks its links', async () => {
  const suppress = async (tx: Transaction, renumber: boolean): Promise<Row[]> => {
    const all = await rowsOf(tx);
    return all.toSpliced(10, 1).map(({ body, index }, at) => ({
      index: BigInt(at),
      body: renumber && index > 10n ? body.replace(/"wseq":"(\d+)"/, (_, n: string) => `"wseq":"${Number(n) - 1}"`) : body,
    }));
  };
  for (const renumber of [false, true]) {
    const bent = await suppress(superuser, renumber);
    const note = signed(BigInt(bent.length), rootOf(bent.map(({ body }) => leafHash(body))));
    const found = failing(bent, note, { policy: log.policy, at: now(), maxAge: 900n });
    assert.ok(found.includes('chain') && !found.includes('root'), 'the tree was built over the gap, and shows it');
  }
});

test('9 a reset is done outside of all this: nothing in the log shows it', async (t) => {
  assert.deepEqual(await after(async () => {}, { held }), []);
  t.diagnostic("not detectable by the log: the controller's own events 4723, 4724 and pwdLastSet have to be held against it");
});

test('10a a leaf says a time at which, by the cosignatures around it, it was not appended', async () => {
  const times = notes.map((note) => {
    const judged = judgeCheckpoint(note, log.policy);
    return judged.ok ? (judged.since ?? 0n) : 0n;
  });
  const [row] = (await rows()).slice(Number(held[0]?.size ?? 0n));
  assert.ok(row);
  assert.equal(isOutsideInterval(row, times[0] ?? 0n, times[1] ?? 0n), false);
  const dated = (wall: string): Row => ({ ...row, body: row.body.replace(/"wall":"[^"]+"/, `"wall":"${wall}"`) });
  assert.equal(isOutsideInterval(dated('2026-01-01T00:00:00.000Z'), times[0] ?? 0n, times[1] ?? 0n), true);
  assert.equal(isOutsideInterval(dated('2036-01-01T00:00:00.000Z'), times[0] ?? 0n, times[1] ?? 0n), true);
});

test('10b the clock of the host is stepped back between two leaves: the monotonic clock of the same boot does not agree', async () => {
  const all = await rows();
  const stepped = all.map((row) => (row.index < 20n ? row : { ...row, body: row.body.replace(/"wall":"\d{4}/, '"wall":"2020') }));
  assert.ok(failing(stepped, published(), { policy: log.policy, at: now(), maxAge: 900n }).includes('clock'));
});

test('10c the clock of a witness is set back: it never signs an earlier time than before, and stops when it is far off', async () => {
  let time = 2_000_000_000n;
  let seen: { size: bigint; root: Buffer; note: string } | undefined;
  const state = { get: () => seen, put: (_: string, next: NonNullable<typeof seen>) => void (seen = next) };
  const [signer] = log.witnesses.map((witness) => witness.signer);
  assert.ok(signer);
  const witness = createWitness({ signer, logs: [log.signer.verifier], state, now: () => time });
  await new Promise<void>((resolve) => witness.listen(0, '127.0.0.1', resolve));
  const { port } = witness.address() as { port: number };
  const ask = async (size: number, from: number): Promise<number> => {
    const leaves = Array.from({ length: size }, (_, at) => leafHash(`leaf ${at}`));
    return show(`http://127.0.0.1:${port}/`, leaves, BigInt(from));
  };
  const timeOf = (): bigint => {
    const judged = judgeCheckpoint(seen?.note ?? '', { ...log.policy, quorum: 'w1' });
    return judged.ok ? (judged.witnesses.get('w1') ?? 0n) : 0n;
  };
  try {
    assert.equal(await ask(1, 0), 200);
    time -= 30n;
    assert.equal(await ask(2, 1), 200);
    assert.equal(timeOf(), 2_000_000_000n);
    time -= 3600n;
    assert.equal(await ask(3, 2), 503);
    assert.equal(seen?.size, 2n);
    time += 7200n;
    assert.equal(await ask(3, 2), 200);
  } finally {
    witness.closeAllConnections();
    witness.close();
  }
});

test('11 a node of the tree is shown as a leaf: leaves and nodes are hashed apart', async () => {
  const leaves = (await rows()).map(({ body }) => leafHash(body)).slice(0, 8);
  const [a, b] = leaves;
  assert.ok(a && b);
  const node = Buffer.concat([a, b]);
  const path = makeProof(inclusionParts(0n, 8n), over(leaves)).slice(1);
  const asNode = { index: 0n, size: 4n, leafHash: nodeHash(a, b), path, root: rootOf(leaves) };
  assert.ok(verifyInclusion(asNode), 'as a node it has that place, so only its hash as a leaf keeps it out');
  for (const size of [4n, 8n]) {
    const proof = parseLogProof(printLogProof({ index: 0n, path, checkpoint: published() }));
    assert.equal(provesLeaf(proof, node, { origin: '', size, root: rootOf(leaves), extensions: [] }), false);
  }
});

test('12 a cosignature of an old checkpoint is pasted on a new one: it is false there, and the note stays shut', async () => {
  const own = parseNote(published());
  const { signatures } = parseNote(notes[0] ?? '');
  const pasted = printNote({ text: own.text, signatures: [...own.signatures.slice(0, 1), ...signatures.slice(1)] });
  const judged = judgeCheckpoint(pasted, log.policy);
  assert.equal(judged.ok, false);
  assert.equal(judged.ok ? '' : judged.reason, 'bad-signature');
});

test('13 all leaves of a reset are deleted before the notary takes them: no scheme shows that', async (t) => {
  const stranger = randomUUID();
  await database
    .as('worker')
    .$transaction((tx) => appendLeaf(tx, { type: 'reset.requested', outcome: 'started', reset: stranger, run: stranger }, 'test'));
  await superuser.leaf.deleteMany({ where: { resetId: stranger } });
  await superuser.leafHead.deleteMany({ where: { resetId: stranger } });
  await log.settle(await log.open());
  assert.deepEqual(await after(async () => {}, { held }), []);
  t.diagnostic('not detectable. It is bounded: no password is written without a witnessed intent, and an intent that is gone is none');
});

test('17 the key of the log is stolen: whoever holds it rewrites nothing that a witness has seen', async () => {
  const leaves = (await rows()).map(({ body }) => leafHash(body));
  const rewritten = [leafHash('rewritten'), ...leaves.slice(1), leafHash('more')];
  for (const witness of log.witnesses) assert.equal(await show(witness.url, rewritten, BigInt(leaves.length)), 422);
  const ours = { leaves: rewritten, note: signed(BigInt(rewritten.length), rootOf(rewritten)) };
  assert.equal(judgeCheckpoint(ours.note, log.policy).ok, false);
});

/** A whole other history under every key that there is. */
const colluding = (size: bigint, root: Buffer): string => {
  const text = printCheckpoint({ origin: log.signer.verifier.name, size, root });
  const all = [signText(text, log.signer), ...log.witnesses.map(({ signer }) => signText(text, signer, now()))];
  return printNote({ text, signatures: all });
};

test('18a the log and all witnesses are one and rewrite everything: who holds nothing of before sees nothing', async (t) => {
  const bent = (await rows()).map((row) => ({ ...row, body: row.body.replace('"type":"intent"', '"type":"notice"') }));
  const leaves = bent.map(({ body }) => body);
  const note = colluding(BigInt(leaves.length), rootOf(leaves.map(leafHash)));
  assert.ok(judgeCheckpoint(note, log.policy).ok);
  assert.ok(!failing(bent, note, { policy: log.policy, at: now(), maxAge: 900n }).includes('root'));
  t.diagnostic('not detectable by whoever holds no checkpoint of before: keep one, or print it. See 18b');
});

test('18b … and a checkpoint that somebody kept or printed convicts them', async () => {
  const bent = (await rows()).map((row) => ({ ...row, body: row.body.replace('"type":"intent"', '"type":"notice"') }));
  const note = colluding(BigInt(bent.length), rootOf(bent.map(({ body }) => leafHash(body))));
  assert.ok(failing(bent, note, { policy: log.policy, at: now(), maxAge: 900n, held }).includes('held checkpoint'));
});
