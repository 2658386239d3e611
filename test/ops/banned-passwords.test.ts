import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { bannedListFrom, bannedListIn } from '#api/banned-list.ts';
import { generateSigner } from '#evidence/signer-key.ts';
import { COSIGNATURE, printVerifierKey, SIGNATURE } from '#evidence/verifier-key.ts';
import { buildBannedList } from '#ops/banned-passwords/build-list.ts';
import { listInWords } from '#ops/banned-passwords/list-in-words.ts';
import { takeBannedList } from '#ops/banned-passwords/take-list.ts';
import { trustPublishers } from '#ops/banned-passwords/trust-publishers.ts';
import { bannedListStands } from '#ops/doctor/banned-list.ts';
import { Sentence } from '#ops/sentence.ts';
import { bannedPasswordsFolder, makeBannedList } from '#ops/setup/banned-list.ts';
import { generatedSpellings } from '#test/support/banned-list.ts';
import { useDatabase } from '#test/support/database.ts';

const db = (await useDatabase()).as('superuser');
const state = mkdtempSync(join(tmpdir(), 'countersign-banned-'));
after(() => rmSync(state, { recursive: true }));
const quiet = { note: () => {}, step: <T>(_name: string, work: () => Promise<T>) => work() };
const publisher = generateSigner('lists.example.bank/banned-passwords', SIGNATURE);
const stranger = generateSigner('lists.example.bank/banned-passwords', SIGNATURE);
const list = bannedListFrom(bannedPasswordsFolder(state));
const file = join(state, 'brought');

/** Builds a list and brings it; answers its number, or the sentence that was said. */
async function bring(number: number, words: string[] = [], signer = publisher): Promise<number | string> {
  await buildBannedList([...generatedSpellings(1000), ...words], file, { signer, number, made: new Date('2026-11-01T08:00:00Z') });
  return bringFile();
}
const bringFile = (): Promise<number | string> => said(takeBannedList(state, db, file).then(({ number }) => number));
function said<T>(asked: Promise<T>): Promise<T | string> {
  return asked.catch((error: unknown) => {
    assert.ok(error instanceof Sentence, String(error));
    return error.message;
  });
}
async function lastLeaf(): Promise<[string, string, string | null]> {
  const [leaf] = await db.leaf.findMany({ orderBy: { seq: 'desc' }, take: 1 });
  return [leaf?.type ?? '', leaf?.outcome ?? '', leaf?.reason ?? null];
}

test('a new installation has a list at once, of the number 0, and makes it once', async () => {
  assert.match(String(await said(listInWords(state))), /banned-passwords (import|trust)/);
  await makeBannedList(state, quiet);
  const first = readFileSync(bannedListIn(bannedPasswordsFolder(state)));
  assert.equal((await list()).head.number, 0);
  assert.ok(await (await list()).has('Password-1'));
  assert.match((await listInWords(state)).join(), /made at set-up.*No publisher is trusted/s);
  await makeBannedList(state, quiet);
  assert.ok(first.equals(readFileSync(bannedListIn(bannedPasswordsFolder(state)))));
});

test('nobody’s list is taken before the operator says whose counts; then it counts at once, and the one of the set-up never comes back', async () => {
  assert.match(String(await bring(1)), /banned-passwords trust/);
  for (const key of ['nonsense', printVerifierKey(generateSigner('a.witness', COSIGNATURE).verifier)])
    assert.match(String(await said(trustPublishers(state, db, [key]))), /ceremony banned-passwords/);
  await trustPublishers(state, db, [printVerifierKey(publisher.verifier)]);
  assert.deepEqual(await lastLeaf(), ['key.added', 'success', null]);
  assert.equal((await list()).head.number, 0, 'until one is brought the list of the set-up goes on counting');
  assert.equal(await bring(5, ['kieselzaun']), 5);
  assert.deepEqual(await lastLeaf(), ['banned-list.imported', 'success', null]);
  assert.ok(await (await list()).has('Kieselzaun-7'));
  assert.match((await listInWords(state)).join('\n'), /number 5 is in force[^]*entries {2}1001[^]*lists\.example\.bank/);
  await makeBannedList(state, quiet);
  assert.equal((await list()).head.number, 5);
});

test('what is cut, changed or signed by a stranger is refused in words that name the fix, said in the log, and changes nothing', async () => {
  assert.match(String(await bring(6, [], stranger)), /not signed by a publisher who is trusted/);
  assert.deepEqual(await lastLeaf(), ['banned-list.imported', 'denied', 'signature']);
  await buildBannedList(generatedSpellings(2000), file, { signer: publisher, number: 6, made: new Date() });
  writeFileSync(file, readFileSync(file).subarray(0, -16));
  assert.match(String(await bringFile()), /cut short or changed/);
  assert.deepEqual(await lastLeaf(), ['banned-list.imported', 'denied', 'changed']);
  writeFileSync(file, 'password\nletmein\n');
  assert.match(String(await bringFile()), /banned-passwords build/);
  await assert.rejects(takeBannedList(state, db, join(state, 'none')), /cannot be read/);
  await assert.rejects(buildBannedList(['password'], file, { signer: publisher, number: 6, made: new Date() }), /cannot be the whole list/);
  assert.equal((await list()).head.number, 5);
});

test('the number never goes back, also when the list was taken away; the same list may be brought again', async () => {
  assert.equal(await bring(8), 8);
  assert.match(String(await bring(7)), /number 7, and number 8 was taken before/);
  assert.deepEqual(await lastLeaf(), ['banned-list.imported', 'denied', 'older']);
  rmSync(bannedListIn(bannedPasswordsFolder(state)));
  assert.match(String(await bring(7)), /number 8 was taken before/);
  assert.equal((await bannedListStands(state)).verdict, 'bad', 'the doctor says that there is none');
  assert.equal(await bring(8), 8);
  assert.match(String(await bring(8, ['other'])), /not the same/);
  assert.deepEqual(await lastLeaf(), ['banned-list.imported', 'denied', 'other-content']);
});

test('an operator’s own plain list from before is the first list', async () => {
  const before = mkdtempSync(join(tmpdir(), 'countersign-banned-'));
  after(() => rmSync(before, { recursive: true }));
  writeFileSync(join(before, 'banned-passwords.txt'), `Zaunkönig\n${[...generatedSpellings(1000)].join('\n')}\n`);
  await makeBannedList(before, quiet);
  const own = await bannedListFrom(bannedPasswordsFolder(before))();
  assert.deepEqual([own.head.entries, await own.has('zaunkönig!')], [1001, true]);
});
