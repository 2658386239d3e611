import assert from 'node:assert/strict';
import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { bannedListIn, publishersIn } from '#api/banned-list.ts';
import { listedSpelling } from '#domain/password-spellings.ts';
import { BannedListRefused, ENTRY_BYTES, printHead } from '#evidence/banned-list.ts';
import { generateSigner } from '#evidence/signer-key.ts';
import { printVerifierKey, SIGNATURE } from '#evidence/verifier-key.ts';
import { listedSpellings } from '#ops/banned-passwords/plain-lines.ts';
import { generatedSpellings, listFolder } from '#test/support/banned-list.ts';

const faultOf = (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => 'none',
    (error: unknown) => (error instanceof BannedListRefused ? error.fault : String(error)),
  );

test('a list of 200,000 says yes to every entry and to no stranger, in less than two bytes of memory an entry', async () => {
  const { put, list } = listFolder();
  await put(generatedSpellings(200_000));
  const held = await list();
  assert.equal(held.head.entries, 200_000);
  assert.ok(held.bytes / held.head.entries < 2, `${held.bytes} bytes`);
  for (let at = 0; at < 200_000; at += 997) assert.ok(await held.has(`entry ${at}`), `entry ${at}`);
  assert.ok((await held.has('entry 0')) && (await held.has('entry 199999')));
  // About ten of these pass the filter: the file on disk knows better.
  for (let at = 0; at < 5000; at++) assert.equal(await held.has(`stranger ${at} word`), false);
});

test('whatever words a list is made of, in any order and as often as they come, it holds these and no other', async () => {
  const { put, list } = listFolder();
  const word = fc.string({ unit: 'grapheme', minLength: 4, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 50 }), fc.array(word, { maxLength: 50 }), async (inside, outside) => {
      const spellings = inside.flatMap((one) => listedSpelling(one) ?? []);
      await put([...spellings, ...generatedSpellings(1000), ...spellings.toReversed()]);
      const held = await list();
      const naive = new Set(spellings);
      for (const one of inside) assert.ok(listedSpelling(one) === undefined || (await held.has(one)), one);
      assert.equal(held.head.entries, 1000 + naive.size);
      for (const one of outside) {
        const plain = listedSpelling(one);
        if (plain !== undefined && naive.has(plain)) assert.ok(await held.has(one), one);
      }
    }),
    { seed: 7, numRuns: 10 },
  );
});

test('a plain list is read as its lines, wherever the pieces of the file end; what can be no password is left out and counted', async () => {
  const text = Buffer.from(`Password\n\nabc\r\n  LETMEIN \nпароль\n${'x'.repeat(5000)}\nপাসওয়ার্ড\nlast one`);
  const bytes = Buffer.concat([text, Buffer.from([10, 0xff, 0xfe, 0xff, 0xfe, 10])]);
  for (const size of [1, 2, 3, 7, 64, 4096, 100_000]) {
    const counted = { lines: 0, left: 0 };
    async function* pieces() {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    }
    const read = await Array.fromAsync(listedSpellings(pieces(), counted));
    assert.deepEqual(read, ['password', 'letmein', 'пароль', 'পাসওয়ার্ড'.normalize('NFKC'), 'last one'], `pieces of ${size}`);
    assert.deepEqual(counted, { lines: 9, left: 4 });
  }
});

test('a list that is missing, cut, longer, changed by one bit or signed by somebody else is none, and nothing is let through', async () => {
  const { folder, signer, put, list } = listFolder();
  const file = bannedListIn(folder);
  assert.equal(await faultOf(list()), 'missing');
  await put(generatedSpellings(2000));
  const whole = readFileSync(file);
  const changed = (edit: (bytes: Buffer) => Buffer | void) => {
    const bytes = Buffer.from(whole);
    rmSync(file, { force: true });
    writeFileSync(file, edit(bytes) ?? bytes);
    return faultOf(list());
  };
  const flipped = (at: number) => (bytes: Buffer) => void (bytes[at] = (bytes[at] ?? 0) ^ 1);
  assert.equal(await changed(() => {}), 'none');
  assert.equal(await changed((bytes) => bytes.subarray(0, -ENTRY_BYTES)), 'changed');
  assert.equal(await changed((bytes) => bytes.subarray(0, -1)), 'changed');
  assert.equal(await changed((bytes) => Buffer.concat([bytes, bytes.subarray(-ENTRY_BYTES)])), 'changed');
  for (const at of [whole.length - 1, whole.length - 16_000, whole.indexOf('\n\n', whole.indexOf('\n\n') + 2) + 2])
    assert.equal(await changed(flipped(at)), 'changed', `byte ${at}`);
  assert.equal(await changed(flipped(whole.indexOf('number') + 7)), 'signature');
  assert.equal(await changed(flipped(0)), 'not-a-list');
  assert.equal(await changed(() => Buffer.from('password\nletmein\n')), 'not-a-list');
  assert.equal(await changed(() => Buffer.alloc(0)), 'not-a-list');
  assert.equal(await changed(() => Buffer.alloc(100_000, 'countersign banned passwords v1\n')), 'not-a-list');
  const few = { number: 9, made: '2026-01-01T00:00:00Z', entries: 2, sha256: Buffer.alloc(32) };
  assert.equal(await changed(() => printHead(few, signer)), 'too-few');
  const stranger = generateSigner(signer.verifier.name, SIGNATURE);
  assert.equal(await changed(() => printHead({ ...few, entries: 5000 }, stranger)), 'signature');
  assert.equal(await changed(() => {}), 'none', 'and the right one counts again, without a restart');
  truncateSync(publishersIn(folder), 0);
  assert.equal(await faultOf(list()), 'signature', 'nobody is trusted');
  writeFileSync(publishersIn(folder), printVerifierKey(signer.verifier));
  assert.equal(await faultOf(list()), 'none');
});

test('a newer list counts from the next question on', async () => {
  const { put, list } = listFolder();
  await put(generatedSpellings(1000));
  assert.equal(await (await list()).has('Zaunkönig'), false);
  const [first, again] = [await list(), await list()];
  assert.equal(first, again, 'a list that has not changed is not read again');
  await put([...generatedSpellings(1000), 'zaunkönig'], { number: 2 });
  const newer = await list();
  assert.deepEqual([newer.head.number, await newer.has('Zaunkönig-77!')], [2, true]);
  assert.equal(await first.has('entry 5'), true, 'a question that was under way is answered by the list that it began with');
});
