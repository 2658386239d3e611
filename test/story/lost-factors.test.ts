import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hire } from '#test/support/hired.ts';
import { patiently } from '#test/support/patiently.ts';
import { formVisitor } from '#test/support/portal-forms.ts';
import { claimant, freshPassword, signedIn } from '#test/support/scenes.ts';
import { until } from '#test/support/holds.ts';
import { travel } from '#test/support/travel.ts';
import { underPolicy } from '#test/support/under-policy.ts';
import { useWorld } from '#test/support/world.ts';
import {
  backByJson,
  helpDesk,
  issued,
  lostAfter,
  lostByForms,
  lostByJson,
  managerDecides,
  managerOf,
  newFactors,
  onThePage,
  referenceOn,
  sayLost,
} from './lost-factors.ts';

const world = useWorld();

const typesOf = async (reference: string): Promise<string[]> =>
  (
    await world.people.sql<{ type: string }>('SELECT type FROM leaf WHERE reset_id = $1 ORDER BY seq', [await world.resetId(reference)])
  ).map(({ type }) => type);

test('a person loses a phone and is working again by the documented way', async () => {
  const [desk, manager] = [await helpDesk(world), await managerOf(world)];
  const { hired, dismiss } = await hire(world, 'Staff', 1);
  const [who] = hired;
  assert.ok(who);
  const visitor = await underPolicy(world.stack, lostAfter('3s'), () => lostByForms(world, desk, who));
  assert.match(visitor.page(), /I have lost everything that makes codes/);
  const reference = referenceOn(visitor.page());
  await visitor.send('/lost');
  assert.match(visitor.page(), /<h1>Waiting for your manager<\/h1>/);
  const [first = ''] = await managerDecides(world, manager, reference);
  assert.match(first, /^Replace every factor of Temporary temp\.\w+ .*who says that all are lost\./);
  await until('the wait has begun', async () => {
    await visitor.open(`/reset/${reference}`);
    return !/Waiting for your manager/.test(visitor.page());
  });
  await until('the wait is over', async () => {
    await visitor.open(`/reset/${reference}`);
    return /<h1>Your new factors can be set up<\/h1>/.test(visitor.page());
  });
  await visitor.send('/reset/finish');

  const back = formVisitor(world.stack.run);
  await back.open('/reset/resume');
  await back.send('/reset/resume', { reference, digits: 'ABCD-EFGH-JKMN-PQRS' });
  assert.match(back.page(), /Reference and code were not accepted together/);
  await back.send('/reset/resume', { reference, digits: await issued(desk, who.account) });
  assert.match(back.page(), /<h1>Set up your new factors<\/h1>/);
  const shown = onThePage(back.page());
  assert.equal(shown.codes.length, 10);
  await back.send('/new-factors', { name: 'new phone', newDigits: '000000' });
  assert.deepEqual(onThePage(back.page()).codes, shown.codes, 'the same sheet after a slip');
  await back.send('/new-factors', { name: 'new phone', newDigits: shown.code() });
  assert.match(back.page(), /<h1>Your factors are replaced<\/h1>/);
  const replaced = await world.resetId(reference);
  assert.deepEqual(await world.people.sql('SELECT 1 FROM account_watch WHERE reset_id = $1', [replaced]), [], 'no password was written');
  const types = await typesOf(reference);
  for (const type of ['factors.lost', 'approval.decided', 'replacement.waits', 'factors.replaced']) assert.ok(types.includes(type), type);
  const told = await world.people.sql<{ outcome: string; until: Date | null }>(
    `SELECT outcome, until FROM message WHERE reset_id = $1 AND 'holder' = ANY(told_by) ORDER BY at`,
    [replaced],
  );
  assert.ok(told.some(({ outcome }) => outcome === 'replacement-requested'));

  // The phone that was lost opens nothing any more; the new one and its sheet give a new password.
  const again = claimant(world.stack.run);
  await again.name(who.account);
  assert.equal((await again.prove(who.recoveryCode())).body.code, 'proof-not-accepted');
  assert.equal((await again.prove(shown.codes[0] ?? '')).status, 200);
  assert.equal((await again.factor(who.code(1))).body.code, 'factor-not-accepted');
  assert.equal((await again.factor(shown.code(1))).status, 200);
  const password = freshPassword();
  assert.equal((await again.choose(password)).status, 202);
  assert.equal((await again.until('done', 'refused')).state, 'done');
  assert.equal((await world.people.bind(who.account, password)).answer, 'ok');
  for (const one of [visitor.http, back.http, again.http]) one.close();
  await dismiss();
});

test('whose account it is signs in with the password alone and stops it: it ends at once, for good, and the officers are called', async () => {
  const [desk, manager] = [await helpDesk(world), await managerOf(world)];
  const { hired, dismiss } = await hire(world, 'Staff', 1);
  const [who] = hired;
  assert.ok(who);
  const thief = await underPolicy(world.stack, lostAfter('3d'), () => lostByJson(world, desk, who.account));
  assert.equal((await sayLost(thief)).body.next.step, 'wait');
  await managerDecides(world, manager, thief.reference);
  const waiting = await thief.until('cooling-off', 'refused');
  assert.equal(waiting.next.for, 'cooling-off');
  const until3 = Date.parse(waiting.next.until ?? '');
  assert.ok(Math.abs(until3 - Date.now() - 3 * 86_400_000) < 60_000, 'three days from the last approval');
  await until('the holder is told', async () => {
    const rows = await world.people.sql(
      `SELECT 1 FROM message WHERE reset_id = $1 AND outcome = 'replacement-waits' AND until IS NOT NULL`,
      [await world.resetId(thief.reference)],
    );
    return rows.length > 0;
  });

  const holder = formVisitor(world.stack.run);
  await holder.open('/factors');
  await holder.send('/factors/sign-in', { account: who.account, password: who.password });
  assert.match(holder.page(), /Somebody asked to replace everything that makes codes for you/);
  await holder.send('/factors/object');
  assert.match(holder.page(), /It is stopped for good/);
  const end = await thief.until('refused');
  assert.equal(end.next.code, 'replacement-objected');
  const officer = await signedIn(world.stack.run, world.people, 'quentin.roux');
  const alarms = await officer.get<{ items: { kind: string; resetId: string | null }[] }>('/api/v1/alarms');
  assert.ok(
    alarms.body.items.some(({ kind }) => kind === 'replacement-objected'),
    alarms.text,
  );
  const { answer } = await backByJson(world, desk, who.account, thief.reference);
  assert.notEqual(answer.status, 200, 'nobody comes back to what was stopped');
  const own = claimant(world.stack.run);
  await own.name(who.account);
  assert.equal((await own.prove(who.recoveryCode())).status, 200, 'what the holder had still counts');
  assert.equal((await own.factor(who.code())).status, 200);
  await own.cancel();
  await dismiss();
});

test('a clock that is moved on skips no wait: the reset believes it, and the verifier, which signed the end, does not', async () => {
  const [desk, manager] = [await helpDesk(world), await managerOf(world)];
  const { hired, dismiss } = await hire(world, 'Staff', 1);
  const [who] = hired;
  assert.ok(who);
  const early = await underPolicy(world.stack, lostAfter('3d'), () => lostByJson(world, desk, who.account));
  await sayLost(early);
  await managerDecides(world, manager, early.reference);
  const { next } = await early.until('cooling-off', 'refused');
  await world.stack.kill('worker', 'SIGKILL');
  await world.stack.restart('worker');
  await patiently(() => world.temporal.backlog('reset'));
  await travel(world, await world.resetId(early.reference)).to(Date.parse(next.until ?? '') + 1000);
  assert.equal((await early.until('replacing-factors', 'refused')).next.step, 'come-back');
  const { http, answer } = await backByJson(world, desk, who.account, early.reference);
  assert.equal(answer.body.next.step, 'set-up-factors', answer.text);
  const set = await newFactors(http, early.reference);
  const refused = await set.confirm();
  assert.deepEqual([refused.status, refused.body.code], [409, 'replacement-waits'], refused.text);
  const own = claimant(world.stack.run);
  await own.name(who.account);
  assert.equal((await own.prove(who.recoveryCode())).status, 200);
  assert.equal((await own.factor(who.code())).status, 200, 'whoever shows a factor takes the account over from who has none');
  // The browser that came back holds it now.
  const held = () => http.get<{ state: string; next: { code?: string } }>(`/api/v1/portal/resets/${early.reference}`);
  await until('the older one has given way', async () => (await held()).body.state === 'refused');
  assert.equal((await held()).body.next.code, 'superseded');
  await own.cancel();
  for (const one of [http, own.http, early.http]) one.close();
  await dismiss();
});

test('where the rule does not replace lost factors it is said, and the claimant may still find one', async () => {
  const desk = await helpDesk(world);
  const rules = lostAfter('3s')
    .replace(', replace-factors', '')
    .replace(/ {4}replaceFactors:[^]*/, '');
  await underPolicy(world.stack, rules, async () => {
    const who = claimant(world.stack.run);
    await who.name('bilal.osman');
    assert.equal((await sayLost(who)).body.code, 'not-now', 'before anything is shown');
    assert.equal((await who.prove(await world.people.recoveryCode('bilal.osman'))).status, 200);
    assert.equal((await sayLost(who)).body.code, 'operation-not-allowed');
    assert.equal((await who.factor(await world.people.code('bilal.osman'))).body.next.step, 'choose-password');
    await who.cancel();
    who.close();
  });
  desk.close();
});
