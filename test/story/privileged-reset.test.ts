import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claimant, decide, freshPassword, inboxItem, proven, signedIn, type Claimant, type InboxItem } from '#test/support/scenes.ts';
import { beginDecision, signedDecision, type Stated } from '#test/support/signing.ts';
import { passwordVersion } from '#test/support/directory.ts';
import { kinit } from '#test/support/kerberos.ts';
import type { Client } from '#test/support/http-client.ts';
import { useWorld } from '#test/support/world.ts';

const world = useWorld(async (world) => {
  ines = await signedIn(world.stack.run, world.people, 'ines.duarte');
  priya = await signedIn(world.stack.run, world.people, 'priya.menon');
  quentin = await signedIn(world.stack.run, world.people, 'quentin.roux');
});

let ines: Client;
let priya: Client;
let quentin: Client;

async function waiting(account: string): Promise<{ who: Claimant; item: InboxItem }> {
  const { who, next } = await proven(world.stack.run, world.people, account);
  assert.deepEqual([next.step, next.for], ['wait', 'manager']);
  const item = await inboxItem(ines, who.reference);
  assert.ok(item, 'the manager sees it');
  assert.equal(item.requestCode, next.requestCode, 'both screens show one code');
  assert.match(item.requestCode, /^[0-9A-Z]{3}-[0-9A-Z]{3}$/);
  return { who, item };
}

test('a Domain Admin through five nested groups needs the manager and then an officer, and comes back with the reference', async () => {
  const { who, item } = await waiting('samir.khan');
  assert.equal(item.mayDecide, true);
  assert.ok(item.privilegedBecause, 'the inbox says why the account is privileged');
  assert.deepEqual([item.proofs.length, item.factors.length], [1, 1]);
  assert.equal(
    await inboxItem(priya, who.reference).then((i) => i?.mayDecide ?? false),
    false,
    'an officer does not decide the first stage',
  );

  assert.equal((await decide(ines, world.people, 'ines.duarte', item.id, 'approve')).status, 200);
  const second = await inboxItem(quentin, who.reference);
  assert.equal(second?.label, 'security-officer');
  const { next } = (await who.look()).body;
  assert.deepEqual([next.for, next.requestCode, second.requestCode], ['security-officer', item.requestCode, item.requestCode]);

  // The claimant goes away and comes back on another machine with the reference and a fresh code.
  const back = claimant(world.stack.run);
  const wrong = await back.http.post('/api/v1/portal/resume', {
    reference: who.reference,
    factor: 'totp',
    value: world.people.wrongCode('samir.khan'),
  });
  assert.equal(wrong.status, 422);
  const resumed = await back.http.post('/api/v1/portal/resume', {
    reference: who.reference,
    factor: 'totp',
    value: await world.people.code('samir.khan'),
  });
  assert.equal(resumed.status, 200, resumed.text);
  back.reference = who.reference;
  assert.equal((await who.look()).status, 404, 'the browser that was left behind holds the reset no more');

  assert.ok(second);
  assert.equal((await decide(quentin, world.people, 'quentin.roux', second.id, 'approve')).status, 200);
  assert.equal((await back.until('choosing-password', 'refused')).next.step, 'choose-password');
  const password = freshPassword();
  assert.equal((await back.choose(password)).status, 202);
  assert.equal((await back.until('done', 'refused')).state, 'done');
  assert.equal((await world.people.bind('samir.khan', password)).answer, 'ok');
  assert.equal((await kinit(world.stack.state, 'samir.khan', password)).ok, true);
  assert.equal(
    (await kinit(world.stack.state, 'samir.khan', world.people.password('samir.khan'))).ok,
    false,
    'Kerberos refuses the old one',
  );

  const reset = await world.resetId(who.reference);
  const { events = [] } = await world.temporal.history(reset);
  assert.ok(events && events.length <= 160, `a privileged reset costs ${events?.length} events, at most 160`);
  console.log(`a privileged reset: ${events.length} events`);
});

test('one denial ends it, whoever approved before', async () => {
  const version = await passwordVersion(world.directory, 'rosa.klein');
  const { who, item } = await waiting('rosa.klein');
  assert.equal((await decide(ines, world.people, 'ines.duarte', item.id, 'approve')).status, 200);
  const second = await inboxItem(priya, who.reference);
  assert.ok(second);
  assert.equal((await decide(priya, world.people, 'priya.menon', second.id, 'deny')).status, 200);
  const end = await who.until('refused', 'choosing-password');
  assert.equal(end.next.code, 'approval-denied');
  const late = await decide(quentin, world.people, 'quentin.roux', second.id, 'approve');
  assert.equal(late.status, 409);
  assert.equal(await passwordVersion(world.directory, 'rosa.klein'), version, 'the password is unchanged');
});

test('nobody decides on their own account through any identity', async () => {
  const { who, item } = await waiting('priya.menon-adm');
  assert.equal((await decide(ines, world.people, 'ines.duarte', item.id, 'approve')).status, 200);
  const own = await inboxItem(priya, who.reference);
  const stage = await inboxItem(quentin, who.reference);
  assert.ok(stage);
  assert.equal(own?.mayDecide ?? false, false);
  const tried = await decide(priya, world.people, 'priya.menon', stage.id, 'approve');
  assert.equal(tried.status, 403, tried.text);
  assert.equal(tried.body.code, 'own-account');
  assert.equal((await decide(quentin, world.people, 'quentin.roux', stage.id, 'approve')).status, 200);
  assert.equal((await who.until('choosing-password')).next.step, 'choose-password');
  await who.cancel();
});

test('a code, somebody else’s key and a signature of another decision do not count, and the decision can be made again', async () => {
  const { people } = world;
  const { who, item } = await waiting('rosa.klein');
  const post = (body: object) => ines.post<{ code?: string }>(`/api/v1/approvals/${item.id}/decisions`, body);
  const byCode = await decide(ines, people, 'ines.duarte', item.id, 'approve', await people.code('ines.duarte'));
  assert.deepEqual([byCode.status, byCode.body.code], [403, 'passkey-needed'], 'the floor: a protected account');

  const stated = { decision: 'approve', reason: 'she stands beside me' } as const;
  const [own, foreign] = [await people.key('ines.duarte', ines), await people.key('quentin.roux', quentin)];
  const begin = async (what: Stated = stated) => {
    const begun = await beginDecision(ines, item.id, what);
    assert.equal(begun.status, 201, begun.text);
    return begun.body;
  };
  const begun = await begin();
  assert.deepEqual(begun.shown, item.shown, 'what is signed is what the page shows');
  assert.ok(begun.shown.some((line) => line.includes('Rosa Klein')) && begun.shown.some((line) => line.includes(item.requestCode)));
  const code = async (body: object) => (await post(body)).body.code;
  assert.equal(await code(signedDecision(begun, stated, foreign, people.page)), 'passkey-not-accepted', "somebody else's key");
  assert.equal(
    await code(signedDecision(begun, { ...stated, decision: 'deny' }, own, people.page)),
    'passkey-not-accepted',
    'a yes told as a no',
  );
  assert.equal(await code(signedDecision(begun, { ...stated, reason: 'other words' }, own, people.page)), 'passkey-not-accepted');
  const elsewhere = { ...people.page, origin: 'https://evil.test' };
  assert.equal(await code(signedDecision(await begin(), stated, own, elsewhere)), 'passkey-not-accepted');
  own.flags.userVerified = false;
  assert.equal(await code(signedDecision(await begin(), stated, own, people.page)), 'passkey-not-verified');
  own.flags.userVerified = true;

  const other = await waiting('samir.khan');
  const theirs = await beginDecision(ines, other.item.id, stated);
  assert.equal(await code(signedDecision(theirs.body, stated, own, people.page)), 'ceremony-over', 'signed for another reset');
  await other.who.cancel();
  assert.equal((await who.look()).body.next.for, 'manager', 'nothing of this has decided anything');

  const denial = { decision: 'deny', reason: 'she does not know of it' } as const;
  const signedDenial = signedDecision(await begin(denial), denial, own, people.page);
  assert.equal((await post(signedDenial)).status, 200);
  assert.equal((await post(signedDenial)).body.code, 'approval-closed', 'a signature counts once');
  assert.equal((await who.until('refused')).next.code, 'approval-denied');
});

test('without a manager nobody can approve the first stage, and the claimant is told behind proof and factor', async () => {
  const who = claimant(world.stack.run);
  await who.name('tomas.vrba');
  assert.equal((await who.prove(await world.people.recoveryCode('tomas.vrba'))).body.next.step, 'factor');
  const factor = await who.factor(await world.people.code('tomas.vrba'));
  assert.equal(factor.body.code, 'no-approver', factor.text);
  assert.equal((await who.look()).body.state, 'refused');
});

test('an approval that nobody gives expires after a day', async () => {
  const { who } = await waiting('rosa.klein');
  const reset = await world.resetId(who.reference);
  await world.temporal.skip(reset, 24 * 3600 + 60);
  const end = await who.until('expired', 'choosing-password');
  assert.equal(end.next.code, 'approval-expired');
  const [approval] = await world.people.sql<{ state: string }>('SELECT state FROM approval WHERE reset_id = $1 AND stage = 0', [reset]);
  assert.equal(approval?.state, 'expired');
});
