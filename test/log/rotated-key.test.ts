import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openCheckpoint } from '#evidence/checkpoint.ts';
import { judgeCheckpoint } from '#evidence/quorum.ts';
import { generateSigner } from '#evidence/signer-key.ts';
import { parseTrustPolicy } from '#evidence/trust-policy.ts';
import { printVerifierKey, SIGNATURE } from '#evidence/verifier-key.ts';
import { openNotary } from '#log/notary/run.ts';
import { openTileFolder } from '#log/notary/tile-folder.ts';
import { useDatabase } from '#test/support/database.ts';
import { useLog } from './a-log.ts';

const database = await useDatabase();
const log = await useLog(database);
const fresh = generateSigner(log.signer.verifier.name, SIGNATURE);
const withBoth = parseTrustPolicy(`log ${printVerifierKey(fresh.verifier)}\n${log.policyText()}`);
const openWith = (policy = withBoth) =>
  openNotary({ db: log.db, signer: fresh, policy, refreshSeconds: 3600, folder: openTileFolder(log.folder) });
const published = (): string => readFileSync(join(log.folder, 'checkpoint'), 'utf8');

test('a log goes on under its new key: the same tree, signed anew, and the witnesses follow once they know the key', async () => {
  const before = await log.open();
  await log.write(300);
  await log.settle(before);
  const old = published();

  const unknown = await openWith();
  await log.write(1);
  assert.equal(await unknown.turn(), 'unwitnessed', 'no witness cosigns for a key that nobody told it');
  assert.equal(published(), old);

  for (const witness of log.witnesses) {
    await witness.stop();
    await witness.start([fresh.verifier]);
  }
  const notary = await openWith();
  await log.settle(notary);
  const opened = openCheckpoint(published(), [fresh.verifier]);
  assert.ok(opened.ok);
  assert.ok(opened.checkpoint.size >= 301n, 'and what the notary says of the witnesses meanwhile');
  assert.equal(openCheckpoint(published(), [log.signer.verifier]).ok, false, 'the old key signs no more');
  // What was witnessed before is still judged by the same policy.
  assert.equal(judgeCheckpoint(old, withBoth).ok, true);
  await log.write(5);
  await log.settle(notary);
  assert.ok(judgeCheckpoint(published(), withBoth).ok);
});

test('a log whose head another key has signed is not taken over by a key that the policy does not join to it', async () => {
  const stranger = generateSigner(log.signer.verifier.name, SIGNATURE);
  const policy = parseTrustPolicy(log.policyText().replace(/^log .*$/m, `log ${printVerifierKey(stranger.verifier)}`));
  await assert.rejects(
    openNotary({ db: log.db, signer: stranger, policy, refreshSeconds: 3600, folder: openTileFolder(log.folder) }),
    /is not of this log/,
  );
});
