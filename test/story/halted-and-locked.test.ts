import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { decide, freshPassword, inboxItem, proven, signedIn, claimant } from '#test/support/scenes.ts';
import { passwordVersion } from '#test/support/directory.ts';
import type { Answer, Client } from '#test/support/http-client.ts';
import { confirmAct, lockReset, proposeAct } from '#test/support/signing.ts';
import { useWorld } from '#test/support/world.ts';

let ines: Client;
let priya: Client;
let quentin: Client;
const world = useWorld(async (world) => {
  ines = await signedIn(world.stack.run, world.people, 'ines.duarte');
  priya = await signedIn(world.stack.run, world.people, 'priya.menon');
  quentin = await signedIn(world.stack.run, world.people, 'quentin.roux');
});

type Told = Answer<{ id?: string; message?: string; code?: string }>;

const REASON = 'the claimant was called and knows nothing of it';
const officer = async (http: Client, account: string) => ({ http, key: await world.people.key(account, http), page: world.people.page });

/** Signed with the officer's key, unless the caller brings a one-time code. */
async function lock(http: Client, account: string, reset: string, totp?: string): Promise<Told> {
  if (totp === undefined) return lockReset(await officer(http, account), reset, REASON);
  return http.post(`/api/v1/resets/${reset}/lock`, { reason: REASON, by: { totp } }, { 'idempotency-key': randomUUID() });
}

/** Both officers, each with a key of their own. */
async function together(halts: 'nothing' | 'privileged' | 'all'): Promise<void> {
  const [first, second] = [await officer(priya, 'priya.menon'), await officer(quentin, 'quentin.roux')];
  const reason = `${halts} for a test`;
  const proposed = await proposeAct(first, { halts }, reason);
  assert.equal(proposed.status, 201, proposed.text);
  const own = await confirmAct(first, proposed.body.id, { halts }, reason);
  assert.equal(own.body.code, 'second-officer-needed', own.text);
  const confirmed = await confirmAct(second, proposed.body.id, { halts }, reason);
  assert.equal(confirmed.status, 200, confirmed.text);
}

test('a privileged reset that is parked while halted goes on by itself when the stop is lifted', async () => {
  const { who } = await proven(world.stack.run, world.people, 'rosa.klein');
  const version = await passwordVersion(world.directory, 'rosa.klein');
  await together('privileged');
  try {
    const summary = await ines.get<{ halted: string }>('/api/v1/summary');
    assert.equal(summary.body.halted, 'privileged');
    // Approvals can still be given, by whoever may.
    const first = await inboxItem(ines, who.reference);
    assert.equal((await decide(ines, world.people, 'ines.duarte', first!.id, 'approve')).status, 200);
    const second = await inboxItem(quentin, who.reference);
    assert.equal((await decide(quentin, world.people, 'quentin.roux', second!.id, 'approve')).status, 200);
    await who.until('choosing-password');
    const password = freshPassword();
    assert.equal((await who.choose(password)).status, 202);

    // A new one is told so, behind proof and factor; a standard one is not concerned.
    const late = claimant(world.stack.run);
    await late.name('samir.khan');
    assert.equal((await late.prove(await world.people.recoveryCode('samir.khan'))).body.next.step, 'factor');
    const told = await late.factor(await world.people.code('samir.khan'));
    assert.equal(told.body.code, 'stopped', told.text);
    const standard = await proven(world.stack.run, world.people, 'alice.moreau');
    assert.equal((await standard.who.choose(freshPassword())).status, 202);
    assert.equal((await standard.who.until('done', 'refused')).state, 'done');

    assert.equal((await who.look()).body.state, 'writing', 'it waits');
    assert.equal(await passwordVersion(world.directory, 'rosa.klein'), version, 'nothing is written');
    await together('nothing');
    assert.equal((await who.until('done', 'refused', 'choosing-password')).state, 'done');
    assert.equal((await world.people.bind('rosa.klein', password)).answer, 'ok');
  } finally {
    const standing = await quentin.get<{ halted: string }>('/api/v1/joint-acts');
    if (standing.body.halted !== 'nothing') await together('nothing');
  }
});

test('an officer locks a reset while its claimant chooses: it ends for good, and both are told the truth', async () => {
  const { who } = await proven(world.stack.run, world.people, 'bilal.osman');
  const reset = await world.resetId(who.reference);
  const wrong = await lock(quentin, 'quentin.roux', reset, world.people.wrongCode('quentin.roux'));
  assert.equal(wrong.body.code, 'factor-not-accepted', wrong.text);
  assert.equal((await lock(ines, 'ines.duarte', reset, '123456')).status, 403, 'a manager is no officer');
  const locked = await lock(quentin, 'quentin.roux', reset);
  assert.equal(locked.status, 200, locked.text);
  const end = await who.look();
  assert.deepEqual([end.body.state, end.body.next.code], ['refused', 'reset-locked']);
  assert.equal((await who.choose(freshPassword())).status, 409);
  const again = await lock(priya, 'priya.menon', reset);
  assert.equal(again.body.code, 'lock-too-late', again.text);
  const { body } = await quentin.get<{ lock: { by: string; reason: string } }>(`/api/v1/resets/${reset}`);
  assert.match(body.lock.by, /Quentin/);
  assert.equal(body.lock.reason, 'the claimant was called and knows nothing of it');
  // Asked anew, it goes its way.
  const anew = await proven(world.stack.run, world.people, 'bilal.osman');
  assert.equal((await anew.who.choose(freshPassword())).status, 202);
  assert.equal((await anew.who.until('done', 'refused')).state, 'done');
  const done = await lock(priya, 'priya.menon', await world.resetId(anew.who.reference));
  assert.equal(done.body.code, 'lock-too-late', done.text);
});

test('a reset that is written as soon as the stop is lifted is locked before: nothing is written', async () => {
  const { who } = await proven(world.stack.run, world.people, 'fatima.noor');
  const version = await passwordVersion(world.directory, 'fatima.noor');
  await together('all');
  try {
    assert.equal((await who.choose(freshPassword())).status, 202);
    assert.equal((await who.until('writing', 'refused', 'done')).state, 'writing');
    const locked = await lock(quentin, 'quentin.roux', await world.resetId(who.reference));
    assert.equal(locked.status, 200, locked.text);
    assert.equal((await who.until('refused', 'done')).next.code, 'reset-locked');
  } finally {
    await together('nothing');
  }
  assert.equal(await passwordVersion(world.directory, 'fatima.noor'), version);
});
