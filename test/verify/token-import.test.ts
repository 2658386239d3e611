import assert from 'node:assert/strict';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { beforeEach, test } from 'node:test';
import { container, newSealing, type Seeded } from '#test/tokens/a-container.ts';
import { afresh, asPskc, brought, deed, said } from './token-scenes.ts';
import { enrolled, person, useVerifier } from './world.ts';

const world = await useVerifier();
const groups = ['S-CS-Administrators'];
const lena = await enrolled(world, person('lena', { groups, employeeId: '1017' }));
const other = await enrolled(world, person('lena-adm', { groups, employeeId: '1017' }));
const oskar = await enrolled(world, person('oskar', { groups }));
const jonas = await enrolled(world, person('jonas', { groups: ['S-CS-Help-Desk'] }));
beforeEach(() => afresh(world));

let serials = 0;
const fresh = (count: number): Seeded[] =>
  Array.from({ length: count }, () => {
    serials += 1;
    return { serial: `I-${serials}`, secret: randomBytes(20) };
  });
const tokens = () => world.superuser.token.count();
const importRow = (id: string) => world.superuser.tokenImport.findUniqueOrThrow({ where: { id } });

test('one brings the file, another the key: only then there are tokens, and neither file nor seed lies in the open', async () => {
  const sealing = newSealing();
  const [before, seeds] = [await tokens(), fresh(3)];
  const id = await brought(world, lena, seeds, sealing);
  assert.equal(await tokens(), before);
  const key = sealing.key.toString('hex');
  assert.equal(said(await deed(world, 'confirm', other, { import: id, key })), 'token-second-person', 'nor with their other account');
  await afresh(world);
  assert.equal(said(await deed(world, 'confirm', jonas, { import: id, key })), 'role-needed');
  assert.equal(said(await deed(world, 'confirm', oskar, { import: id, key: '00'.repeat(32) })), 'key-wrong');
  await afresh(world);
  const request = randomUUID();
  assert.equal(said(await deed(world, 'confirm', oskar, { import: id, key }, request)), 'done');
  assert.equal(said(await deed(world, 'confirm', oskar, { import: id, key }, request)), 'done', 'a retry learns the same');
  assert.equal(await tokens(), before + 3);
  const { state, file, broughtBy, confirmedBy } = await importRow(id);
  assert.deepEqual([state, file, broughtBy, confirmedBy], ['done', null, lena.guid, oskar.guid]);
  const stored = await world.superuser.token.findMany();
  for (const { secret } of seeds) assert.ok(stored.every((row) => !Buffer.from(row.secret).includes(secret)));
  await afresh(world);
  assert.equal(said(await deed(world, 'confirm', oskar, { import: id, key })), 'token-import-closed');
  const leaves = await world.superuser.leaf.findMany({ where: { type: { startsWith: 'token-import.' } }, orderBy: { seq: 'asc' } });
  assert.deepEqual(
    leaves.map(({ type, reason }) => [type.slice(13), reason]),
    [
      ['brought', null],
      ['refused', 'token-second-person'],
      ['refused', 'role-needed'],
      ['refused', 'key-wrong'],
      ['confirmed', null],
      ['refused', 'token-import-closed'],
    ],
  );
});

test('what is known already is left out and named, and so is what cannot be read; the others are taken', async () => {
  const sealing = newSealing();
  const [first, second, third] = fresh(3);
  const one = await brought(world, lena, [first!], sealing);
  const key = sealing.key.toString('hex');
  assert.equal(said(await deed(world, 'confirm', oskar, { import: one, key })), 'done');
  await afresh(world);
  const two = await brought(world, lena, [{ ...second!, digits: 9 }, first!, third!], sealing);
  const answer = await deed(world, 'confirm', oskar, { import: two, key });
  assert.ok(answer.outcome === 'done');
  assert.equal(answer.taken, 1);
  assert.deepEqual(
    answer.leftOut?.map(({ serial, fault }) => [serial, fault]),
    [
      [second!.serial, 'digits'],
      [first!.serial, 'serial-known'],
    ],
  );
});

test('a file in the open is taken when the second person types the digest that the supplier told them', async () => {
  const file = container(fresh(2));
  assert.equal(said(await deed(world, 'bring', lena, { file, reading: asPskc })), 'plain-seeds');
  await afresh(world);
  const answer = await deed(world, 'bring', lena, { file, reading: { ...asPskc, plain: true } });
  assert.ok(answer.outcome === 'done' && answer.openedBy === 'digest');
  const confirm = async (key: string) => {
    await afresh(world);
    return said(await deed(world, 'confirm', oskar, { import: answer.import, key }));
  };
  assert.equal(await confirm('ab'.repeat(32)), 'token-digest-wrong');
  const { file: kept } = await importRow(answer.import ?? '');
  assert.ok(kept && !Buffer.from(kept).includes('KeyContainer'), 'what waits is encrypted');
  assert.equal(await confirm(createHash('sha256').update(file).digest('hex').toUpperCase()), 'done');
});

test('a hostile file is refused when it is brought, and a day later what waited is over and its file gone', async () => {
  const hostile = container(fresh(1), newSealing()).replace('?>', '?><!DOCTYPE KeyContainer [<!ENTITY x SYSTEM "file:///etc/passwd">]>');
  assert.equal(said(await deed(world, 'bring', lena, { file: hostile, reading: asPskc })), 'xml-forbidden');
  await afresh(world);
  const sealing = newSealing();
  const id = await brought(world, lena, fresh(1), sealing);
  // Whoever holds the database moves its time: then it is not the verifier's any more.
  await world.superuser.tokenImport.updateMany({ where: { id }, data: { expiresAt: new Date(Date.now() - 1000) } });
  assert.equal(said(await deed(world, 'confirm', oskar, { import: id, key: sealing.key.toString('hex') })), 'token-import-closed');
  await afresh(world);
  await brought(world, lena, fresh(1), sealing);
  const { state, file } = await importRow(id);
  assert.deepEqual([state, file], ['expired', null]);
  assert.equal(await world.superuser.leaf.count({ where: { type: 'token-import.expired' } }), 1);
});

test('10,000 tokens of one file are in stock for less than five seconds of a core', async () => {
  const sealing = newSealing();
  const id = await brought(world, lena, fresh(10_000), sealing);
  await afresh(world);
  const began = performance.now();
  const before = process.cpuUsage();
  const answer = await deed(world, 'confirm', oskar, { import: id, key: sealing.key.toString('hex') });
  const { user, system } = process.cpuUsage(before);
  assert.ok(answer.outcome === 'done' && answer.taken === 10_000, JSON.stringify(answer).slice(0, 300));
  console.log(`10,000 tokens in stock: ${Math.round(performance.now() - began)} ms, of a core ${Math.round((user + system) / 1000)} ms`);
  // Of a core, since the clock on the wall also runs while others have it.
  assert.ok(user + system < 5_000_000, `${user + system} microseconds`);
});
