import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { baseEntry } from '#activities/directory/find-account.ts';
import { guidDn } from '#activities/directory/entry.ts';
import { knowsPassword, type Knows } from '#activities/directory/knows-password.ts';
import { lockoutStanding } from '#activities/directory/lockout-standing.ts';
import { mayTryPassword } from '#domain/lockout-budget.ts';
import { replaceAttribute } from './change.ts';
import { ownDirectory } from './own-directory.ts';

const bank = await ownDirectory();
const reader = bank.as('reader');
let standIn = '';
before(async () => {
  standIn = (await bank.account('oskar.lindqvist')).guid;
  const admin = bank.as('administrator');
  await replaceAttribute(admin, (await bank.account('bilal.osman')).dn, 'pwdLastSet', '0');
});

const knows = async (name: string, password: string): Promise<Knows> =>
  knowsPassword(reader, (await bank.account(name)).guid, password, standIn);
const counted = async (name: string): Promise<number> => {
  const { guid } = await bank.account(name);
  return reader.read(async (session) => (await baseEntry(session, guidDn(guid), ['badPwdCount']))?.number('badPwdCount') ?? -1);
};

test('the right password is known, also one that must be changed; a wrong one and that of a locked account are not', async () => {
  assert.equal(await knows('alice.moreau', bank.passwordOf('alice.moreau')), 'known');
  assert.equal(await knows('bilal.osman', bank.passwordOf('bilal.osman')), 'known');
  assert.equal(await knows('bilal.osman', 'Not-The-Password-1'), 'wrong');
  assert.notEqual(await knows('chen.wei', bank.passwordOf('chen.wei')), 'known');
  assert.equal(await knowsPassword(reader, undefined, bank.passwordOf('alice.moreau'), standIn), 'not-tried');
  assert.equal(await counted('oskar.lindqvist'), 0, 'whoever stands in for nobody is never tried');
});

test('however often somebody guesses here, the person has two tries left, and is let in with the right one', async () => {
  const { guid, dn } = await bank.account('goran.petrovic');
  const standing = () => reader.read((session) => lockoutStanding(session, guid, reader.settings.baseDn));
  assert.equal((await standing())?.threshold, 5);
  const answers: Knows[] = [];
  for (let tries = 0; tries < 12; tries++) answers.push(await knows('goran.petrovic', 'Not-The-Password-1'));
  assert.deepEqual(new Set(answers), new Set<Knows>(['wrong', 'not-tried']));
  assert.equal(await counted('goran.petrovic'), 3);
  assert.equal(await knows('goran.petrovic', bank.passwordOf('goran.petrovic')), 'not-tried', 'nor is the right one tried any more');
  assert.equal(await bank.says('goran.petrovic', 'Their-Own-Slip-1'), 'wrong');
  assert.equal(await bank.says('goran.petrovic', bank.passwordOf('goran.petrovic')), 'ok');
  assert.equal(await counted('goran.petrovic'), 0);
  assert.equal(await knows('goran.petrovic', bank.passwordOf('goran.petrovic')), 'known');
  assert.ok(dn);
});

test('the limits are those of the fine-grained policy where one applies that the reader may see', async () => {
  const fine = await bank.account('alice.moreau');
  const seen = await reader.read((session) => lockoutStanding(session, fine.guid, reader.settings.baseDn));
  assert.ok(seen && seen.windowSeconds > 0);
  assert.equal(mayTryPassword(seen, new Date()), true);
});

test('nobody and a wrong password take the same time', async () => {
  const time = async (work: () => Promise<unknown>): Promise<number> => {
    const began = performance.now();
    await work();
    return performance.now() - began;
  };
  const nobody = await time(() => knowsPassword(reader, undefined, 'Not-The-Password-1', standIn));
  const somebody = await time(() => knows('mateo.silva', 'Not-The-Password-1'));
  assert.ok(nobody >= 149 && somebody >= 149, `${nobody} ms and ${somebody} ms`);
});
