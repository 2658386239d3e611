import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parseLogProof } from '#evidence/log-proof.ts';
import { consistencyParts, inclusionParts, makeProof } from '#evidence/merkle-proof.ts';
import { leafHash } from '#evidence/merkle-tree.ts';
import { judgeCheckpoint } from '#evidence/quorum.ts';
import { generateSigner, printSigner } from '#evidence/signer-key.ts';
import { hashesFromTiles, tilePath } from '#evidence/tiles.ts';
import { parseTrustPolicy } from '#evidence/trust-policy.ts';
import { COSIGNATURE, printVerifierKey, SIGNATURE } from '#evidence/verifier-key.ts';
import { runWitness } from '#log/witness/run.ts';
import { freePort } from '#ops/stack/ports.ts';
import { runCommand } from '#ops/run-command.ts';
import { appendLeaf } from '#prisma/leaves.ts';
import { useDatabase } from '#test/support/database.ts';
import { fsckComplaint } from '#test/support/fsck.ts';
import { startLitewitness, type Litewitness } from '#test/support/litewitness.ts';
import { startOracle, type Oracle } from '#test/support/oracle.ts';
import { useLog } from './a-log.ts';
import { secretFile } from './log-process.ts';
import { entries, published } from './what-a-stranger-reads.ts';

/** The log that our notary writes, in the hands of programs that others wrote; and our witness, asked by a log of others. */
const database = await useDatabase();
const log = await useLog(database);
let oracle: Oracle;
let lite: Litewitness;
before(async () => {
  oracle = await startOracle();
  lite = await startLitewitness('soc.bank.example/litewitness', [log.signer.verifier]);
});
after(async () => {
  await lite.end();
  await oracle.end();
});

/** Our own witness and theirs, both needed. */
const bothNeeded = (): string => {
  const [log1, w1] = log.policyText().split('\n');
  return [log1, w1, `witness lite ${printVerifierKey(lite.key)} ${lite.url}`, 'group both all w1 lite', 'quorum both', ''].join('\n');
};

const sizes: bigint[] = [];
const hashes = () => entries(log, sizes.at(-1) ?? 0n).map((leaf) => leafHash(leaf));
const hashOf = (size: bigint) => hashesFromTiles(size, (tile) => readFileSync(join(log.folder, tilePath(tile))));

test('litewitness cosigns our log as one of a quorum, asked by our notary, through its growth and a restart', async () => {
  const policy = parseTrustPolicy(bothNeeded());
  for (const count of [1, 30, 225, 1, 310]) {
    const notary = await log.open({ policy });
    await log.write(count);
    await database.as('worker').$transaction((tx) => appendLeaf(tx, { type: 'intent', outcome: 'started', do: { ordinal: 1 } }, 'test'));
    await log.settle(notary);
    const { checkpoint, witnesses } = published({ folder: log.folder, policy });
    assert.deepEqual([...witnesses.keys()].toSorted(), ['lite', 'w1']);
    sizes.push(checkpoint.size);
  }
  assert.ok((sizes.at(-1) ?? 0n) > 512n);
});

test("Tessera's fsck recomputes our log from its folder, and finds a byte that changed", async () => {
  assert.equal(await fsckComplaint(log.folder, log.signer.verifier), undefined);
  for (const path of ['tile/0/001', 'tile/entries/000']) {
    const file = join(log.folder, path);
    const good = readFileSync(file);
    const bent = Buffer.from(good);
    bent[1000] = (bent[1000] ?? 0) ^ 1;
    writeFileSync(file, bent);
    assert.match((await fsckComplaint(log.folder, log.signer.verifier)) ?? 'nothing', /fsck failed/, path);
    writeFileSync(file, good);
  }
});

test('sumdb/note and torchwood open our published checkpoint, and accept its quorum by our trust policy', async () => {
  const note = readFileSync(join(log.folder, 'checkpoint'), 'utf8');
  const policy = bothNeeded();
  const keys = [log.signer.verifier, ...(log.witnesses[0] ? [log.witnesses[0].signer.verifier] : []), lite.key].map(printVerifierKey);
  const opened = await oracle.ask({ ask: 'open checkpoint', note, origin: log.signer.verifier.name, keys });
  assert.equal(opened.error, undefined);
  const judged = judgeCheckpoint(note, parseTrustPolicy(policy));
  assert.ok(judged.ok);
  assert.equal(opened.root, judged.checkpoint.root.toString('base64'));
  assert.equal((await oracle.ask({ ask: 'judge checkpoint', note, policy })).error, undefined);
});

test('transparency-dev/merkle verifies inclusion and consistency that are read from our tiles', async () => {
  const size = sizes.at(-1) ?? 0n;
  const leaves = hashes();
  const root = published({ folder: log.folder, policy: parseTrustPolicy(bothNeeded()) }).checkpoint;
  for (const index of [0n, 255n, 256n, 300n, size - 1n]) {
    const path = makeProof(inclusionParts(index, root.size), hashOf(root.size));
    const claim = { index, size: root.size, leafHash: leaves[Number(index)] ?? Buffer.alloc(32), path, root: root.root };
    assert.equal((await oracle.ask({ ask: 'verify inclusion', ...claim })).error, undefined, `leaf ${index}`);
    assert.notEqual((await oracle.ask({ ask: 'verify inclusion', ...claim, index: index + 1n })).error, undefined);
  }
  const made = await oracle.ask({ ask: 'make proofs', leaves: entries(log, root.size), index: 0, oldSize: sizes[1] ?? 1n });
  assert.equal(made.root, root.root.toString('base64'), 'golang.org/x/mod has the same root over the same entries');
  const ours = makeProof(consistencyParts(sizes[1] ?? 1n, root.size), hashOf(root.size));
  assert.deepEqual(
    made.consistency,
    ours.map((hash) => hash.toString('base64')),
  );
});

test('torchwood verifies the receipts that the writer is shown, and none for another leaf', async () => {
  const receipts = await log.db.logReceipt.findMany();
  assert.equal(receipts.length, 5);
  for (const { leafId, proof } of receipts) {
    const { body } = await log.db.leaf.findUniqueOrThrow({ where: { id: leafId }, select: { body: true } });
    assert.ok(parseLogProof(proof));
    const question = { ask: 'judge proof' as const, policy: bothNeeded(), proof };
    assert.equal((await oracle.ask({ ...question, leaf: Buffer.from(body) })).error, undefined);
    assert.notEqual((await oracle.ask({ ...question, leaf: Buffer.from(body.replace('started', 'refused')) })).error, undefined);
  }
});

test("a log that others wrote (Tessera's) publishes with our witness's cosignature, over its whole growth", async () => {
  const theirs = generateSigner('theirs.bank.example/log', SIGNATURE);
  const own = generateSigner('audit.bank.example/ours', COSIGNATURE);
  const home = mkdtempSync('/tmp/countersign-tessera-');
  const port = await freePort();
  const witness = await runWitness({
    listen: { host: '127.0.0.1', port },
    keyFile: secretFile(printSigner(own)),
    stateFile: join(home, 'seen.json'),
    logsFile: secretFile(`${printVerifierKey(theirs.verifier)}\n`),
  });
  try {
    const policy = `witness ours ${printVerifierKey(own.verifier)} http://127.0.0.1:${port}/\nquorum ours\n`;
    const files = { key: secretFile(printSigner(theirs).trim()), policy: secretFile(policy) };
    for (let round = 1; round <= 3; round++) {
      mkdirSync(join(home, `round-${round}`));
      for (let at = 0; at < 5; at++) writeFileSync(join(home, `round-${round}`, `${at}`), `entry ${round} ${at}`);
      const args = [
        `--storage_dir=${join(home, 'log')}`,
        `--entries=${join(home, `round-${round}`)}/*`,
        `--private_key=${files.key}`,
        `--witness_policy_file=${files.policy}`,
      ];
      const { code, stderr } = await runCommand(join(oracle.programs, 'posix-oneshot'), args, { env: {}, timeoutMs: 30_000 });
      assert.equal(code, 0, stderr);
      const judged = judgeCheckpoint(
        readFileSync(join(home, 'log/checkpoint')),
        parseTrustPolicy(`log ${printVerifierKey(theirs.verifier)}\n${policy}`),
      );
      assert.ok(judged.ok, judged.ok ? '' : judged.sentence);
      assert.equal(judged.checkpoint.size, BigInt(5 * round));
    }
  } finally {
    witness.closeAllConnections();
    await new Promise((resolve) => witness.close(resolve));
    rmSync(home, { recursive: true, force: true });
  }
});
