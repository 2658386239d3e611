import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { historyRings } from '#ops/doctor/history-rings.ts';
import { processNames } from '#ops/paths.ts';
import { consoleProgress } from '#ops/progress.ts';
import { addHistoryKey, encryptWith, historyKeysFile, makeHistoryKeys, openHistoryKeys, readRings } from '#ops/setup/history-keys.ts';
import { identities, makeUsers } from '#ops/setup/identities.ts';
import { makeKeys } from '#ops/setup/keys.ts';
import { Sentence } from '#ops/sentence.ts';

const state = mkdtempSync(join(tmpdir(), 'countersign-history-keys-'));
after(() => rmSync(state, { recursive: true }));
const quiet = consoleProgress(() => {});
await makeUsers(quiet);
const owners = identities();
await makeKeys(state, owners, quiet);
const texts = () => processNames.map((name) => readFileSync(historyKeysFile(state, name), 'utf8'));

test('set-up gives every process the same ring, readable by it alone, and makes it once', async () => {
  assert.equal(new Set(texts()).size, 1);
  for (const name of processNames) {
    const { mode, uid } = statSync(historyKeysFile(state, name));
    assert.deepEqual([mode & 0o777, uid], [0o600, owners[name].uid], name);
  }
  const before = texts();
  await makeKeys(state, owners, quiet);
  assert.deepEqual(texts(), before);
  assert.equal((await historyRings(state)).verdict, 'good');
});

test('a process whose ring is gone gets a copy of another one, never a new key', async () => {
  const before = texts();
  rmSync(historyKeysFile(state, 'verifier'));
  const finding = await historyRings(state);
  assert.deepEqual([finding.verdict, finding.fix], ['bad', 'npm stop and npm start give the process a copy of the others']);
  assert.throws(() => openHistoryKeys(historyKeysFile(state, 'verifier')), Sentence);
  assert.equal(makeHistoryKeys(state, owners), true);
  assert.deepEqual(texts(), before);
});

test('between the halves of a rotation every ring opens the new key and none encrypts with it; a crash there is made good', async () => {
  const old = readRings(state).api.encrypts;
  const added = addHistoryKey(state, owners);
  for (const ring of Object.values(readRings(state))) {
    assert.equal(ring.encrypts, old);
    assert.deepEqual(ring.keys.map(({ id }) => id).toSorted(), [old, added].toSorted());
  }
  const finding = await historyRings(state);
  assert.deepEqual([finding.verdict, finding.fix], ['bad', 'countersign keys rotate-history ends it']);

  // The next one takes the key of the one that ended half-way, also when it reached some rings only.
  writeFileSync(historyKeysFile(state, 'worker'), texts()[0]?.replace(`"encrypts": "${old}"`, `"encrypts": "${added}"`) ?? '');
  assert.equal(addHistoryKey(state, owners), added);
  encryptWith(state, owners, added);
  assert.equal(new Set(texts()).size, 1);
  assert.equal(readRings(state).api.encrypts, added);
  assert.notEqual(addHistoryKey(state, owners), added, 'a finished rotation is followed by a new key');
});

test('a ring that is no ring stops a rotation before any file is written', () => {
  const before = texts();
  writeFileSync(historyKeysFile(state, 'api'), '{"encrypts":');
  assert.throws(() => addHistoryKey(state, owners), Sentence);
  assert.deepEqual(texts().slice(0, 4), before.slice(0, 4));
  writeFileSync(historyKeysFile(state, 'api'), before.at(-1) ?? '');
});
