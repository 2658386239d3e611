import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { metadataFile, metadataIn } from '#activities/fido-metadata.ts';
import { readCertificates } from '#evidence/certificate.ts';
import { takeList } from '#ops/metadata/take-list.ts';
import { trustRoot } from '#ops/metadata/trust-root.ts';
import { Sentence } from '#ops/sentence.ts';
import { metadataFolder } from '#ops/setup/fido-metadata.ts';
import { aPublisher, fidoList, pem, type ListFacts } from '#test/support/fido-list.ts';
import { useDatabase } from '#test/support/database.ts';

const db = (await useDatabase()).as('superuser');
const state = mkdtempSync(join(tmpdir(), 'countersign-metadata-'));
after(() => rmSync(state, { recursive: true }));
const [publisher, stranger] = [await aPublisher(), await aPublisher()];
const MODEL = '2fc0579f-8113-47ea-b116-bb5a8db9202a';

const rootsOf = (...ders: Buffer[]) => {
  const text = ders.map(pem).join('');
  return { pem: text, certificates: readCertificates(text) };
};
const list = (number: number, by = publisher, more: Partial<ListFacts> = {}) =>
  fidoList(by, { number, models: [{ aaguid: MODEL }], ...more });

/** Brings a list; answers its number, or the sentence that was said. */
async function bring(text: string): Promise<number | string> {
  const file = join(state, 'list.jwt');
  writeFileSync(file, text);
  return takeList(state, db, file).then(
    ({ metadata }) => metadata.number,
    (error: unknown) => {
      assert.ok(error instanceof Sentence, String(error));
      return error.message;
    },
  );
}
const held = (holder: 'verifier' | 'writer-staff' | 'writer-privileged') => metadataIn(metadataFolder(state, holder))()?.number;
async function lastLeaf(): Promise<[string, string, string | null]> {
  const [leaf] = await db.leaf.findMany({ orderBy: { seq: 'desc' }, take: 1 });
  return [leaf?.type ?? '', leaf?.outcome ?? '', leaf?.reason ?? null];
}

test('nothing is trusted before the operator says whose lists count; then whoever judges keys has the list at once', async () => {
  assert.match(String(await bring(list(1))), /metadata trust --root/);
  assert.equal(await trustRoot(state, db, rootsOf(publisher.root)), false, 'there is no list yet');
  assert.deepEqual(await lastLeaf(), ['key.added', 'success', null]);
  assert.equal(held('verifier'), undefined);
  assert.equal(await bring(list(5)), 5);
  assert.deepEqual(await lastLeaf(), ['metadata.imported', 'success', null]);
  assert.deepEqual([held('verifier'), held('writer-staff'), held('writer-privileged')], [5, 5, 5]);
});

test('what is hostile, changed or signed by a stranger is refused in words that name the fix, said in the log, and changes nothing', async () => {
  const [header = '', , signature = ''] = list(6).split('.');
  const [, other = ''] = list(7).split('.');
  const cases = [
    [list(6, stranger), 'path', /root that is trusted here/],
    [`${header}.${other}.${signature}`, 'signature', /changed on the way/],
    [`${header}.${other}.`, 'unsigned', /not signed/],
    ['<html>log in first</html>', 'not-a-jwt', /just as it was fetched/],
    [fidoList(publisher, { number: 6, models: [] }, { payload: { entries: 'none' } }), 'content', /Fetch it again/],
  ] as const;
  for (const [text, reason, words] of cases) {
    assert.match(String(await bring(text)), words);
    assert.deepEqual(await lastLeaf(), ['metadata.imported', 'denied', reason]);
    assert.equal(held('verifier'), 5);
  }
});

test('the number never goes back, also when the file was taken away or its row edited; the same list may be brought again', async () => {
  assert.equal(await bring(list(8)), 8);
  assert.match(String(await bring(list(7))), /number 7, and number 8 was taken before/);
  assert.deepEqual(await lastLeaf(), ['metadata.imported', 'denied', 'older']);
  rmSync(metadataFile(metadataFolder(state, 'verifier')));
  assert.match(String(await bring(list(7))), /metadata trust/);
  await trustRoot(state, db, rootsOf(publisher.root));
  assert.match(String(await bring(list(7))), /number 8 was taken before/);
  const same = list(9);
  assert.equal(await bring(same), 9);
  assert.equal(await bring(same), 9);
  assert.match(String(await bring(list(9, publisher, { models: [] }))), /not the same/);
  assert.deepEqual(await lastLeaf(), ['metadata.imported', 'denied', 'other-content']);
  await db.burn.updateMany({ where: { subject: 'fido-metadata', updateId: '9' }, data: { updateId: '3' } });
  assert.match(String(await bring(list(4))), /number 8 was taken before/, 'each list has its own row');
});

test('a file that was changed on the disk counts as none; roots that are changed keep a list that they vouch for, and no other', async () => {
  assert.equal(await bring(list(20)), 20);
  assert.equal(await trustRoot(state, db, rootsOf(publisher.root, stranger.root)), true);
  assert.equal(held('writer-staff'), 20);
  assert.equal(await trustRoot(state, db, rootsOf(stranger.root)), false);
  assert.equal(held('writer-staff'), undefined);
  assert.equal(await bring(list(21, stranger)), 21);
  const file = metadataFile(metadataFolder(state, 'writer-staff'));
  const text = JSON.parse(readFileSync(file, 'utf8')) as { blob: string };
  const [head = '', , signature = ''] = text.blob.split('.');
  const [, payload = ''] = list(99, stranger).split('.');
  writeFileSync(file, JSON.stringify({ ...text, blob: `${head}.${payload}.${signature}` }));
  assert.equal(held('writer-staff'), undefined);
});
