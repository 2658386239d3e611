import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { OWN_CHANGE_PURPOSE, OWN_FACTORS_TAG, type ChangeShown } from '#domain/own-factor-statement.ts';
import { ownChange } from '#prisma/own-factor-text.ts';
import { SoftPasskey } from '#test/support/soft-passkey.ts';
import { assertionOf, begun, codes, keyOf, PAGE, registrationOf } from './keys.ts';
import { addApp, appsOf, change, newApp, shows, ticketFor, type App } from './own-factors.ts';
import { codeNow, enrolled, factor, identified, person, seal, useVerifier, type Enrolled } from './world.ts';

const world = await useVerifier();
let count = 0;
const somebody = (facts = {}): Promise<Enrolled> =>
  enrolled(world, person(`frozen${(count += 1)}`, { groups: ['S-CS-Security-Officers'], ...facts }), 9);

const freeze = (who: { guid: string }, id: string, by?: object) => change(world, who, { deed: 'freeze', factor: id }, by);
const settle = async (who: Enrolled, id: string, theirs: boolean, by?: object) =>
  change(world, who, { deed: 'settle', factor: id, theirs }, by ?? { issuedCode: await ticketFor(world, who.samAccountName) });

/** Somebody who knows password and code puts an app of their own in the place of the owner's. */
async function takenOver(who: Enrolled): Promise<{ app: App; id: string; before: string }> {
  const [before] = await appsOf(world, who);
  const app = newApp();
  assert.equal(await change(world, who, addApp(app, { replaces: before?.id ?? '' }), { code: codeNow(who) }), 'done');
  const [row] = (await appsOf(world, who)).filter(({ endedAt }) => endedAt === null);
  return { app, id: row?.id ?? '', before: before?.id ?? '' };
}

async function leaves(who: Enrolled, type: string): Promise<unknown[]> {
  const rows = await world.superuser.leaf.findMany({ where: { type }, orderBy: { seq: 'asc' } });
  return rows.filter(({ body }) => body.includes(who.guid)).map(({ body }) => (JSON.parse(body) as { do: unknown }).do);
}
const frozenNow = (id: string) => world.superuser.freeze.findFirstOrThrow({ where: { factorId: id } });

test('the password alone freezes an app that somebody else put in the place of the owner’s: it makes no codes anywhere, and the officers are called once', async () => {
  const who = await somebody();
  const parked = await identified(world, who.samAccountName);
  const { app, id } = await takenOver(who);
  assert.equal(await freeze(who, id), 'done');
  assert.equal(await freeze(who, id), 'factor-frozen');
  assert.equal(await factor(world, parked, shows(app, 1)), 'failed', 'in a reset that was begun before');
  assert.equal(await change(world, who, addApp(newApp()), { code: shows(app, 1) }), 'factor-not-accepted', 'under My factors');
  const session = randomUUID();
  const sealed = await seal(world, 'sign-in', session, { value: shows(app, 1), door: 'portal' });
  assert.deepEqual(await world.verifier.checkSignInFactor({ session, updateId: 'second', account: who.guid, sealed }), {
    outcome: 'failed',
  });
  assert.equal(await world.superuser.alarm.count({ where: { kind: 'factor-objected', subject: id } }), 1);
  const { id: freezeId } = await frozenNow(id);
  assert.deepEqual((await leaves(who, 'authenticator.frozen'))[0], { totp: id, freeze: freezeId, why: 'objected' });
});

test('a freeze opens no way: what is frozen is held all the same, and only the help desk settles it', async () => {
  const who = await somebody();
  const { app, id } = await takenOver(who);
  assert.equal(await freeze(who, id), 'done');
  const ticket = { issuedCode: await ticketFor(world, who.samAccountName) };
  assert.equal(await change(world, who, addApp(newApp()), ticket), 'factor-too-weak', 'no first app beside it');
  assert.equal(await settle(who, id, true, { code: shows(app, 1) }), 'factor-not-accepted', 'nor does it settle itself');
  assert.equal(await change(world, who, { deed: 'settle', factor: id, theirs: true }), 'factor-too-weak', 'nor does the password');
  // Whoever owns the database ends the freeze by hand.
  const { id: freezeId } = await frozenNow(id);
  await world.superuser.thaw.create({ data: { freezeId, at: new Date(), signature: new Uint8Array(64) } });
  assert.equal(await factor(world, await identified(world, who.samAccountName), shows(app, 1)), 'failed');
  await world.superuser.thaw.delete({ where: { freezeId } });

  assert.equal(await settle(who, id, true), 'done');
  assert.equal(await settle(who, id, true), 'not-found', 'it is settled');
  assert.equal(await factor(world, await identified(world, who.samAccountName), shows(app, 1)), 'passed');
  assert.equal(await freeze(who, id), 'objection-over', 'what a second person has settled, no password stops again');
  const [settled] = await leaves(who, 'authenticator.settled').then((all) => all.slice(-2));
  assert.equal((settled as { theirs: boolean }).theirs, true);
  assert.match(JSON.stringify(settled), /"issuer":"/, 'the leaf says who at the help desk');
});

test('of 64 uses of one code of the help desk at the same time exactly one settles, whatever each of them says', async () => {
  const who = await somebody();
  const { id } = await takenOver(who);
  assert.equal(await freeze(who, id), 'done');
  const ticket = { issuedCode: await ticketFor(world, who.samAccountName) };
  const outcomes = await Promise.all(
    Array.from({ length: 64 }, (_, n) => settle(who, id, n % 2 === 0, ticket).catch((error: unknown) => String(error))),
  );
  assert.equal(outcomes.filter((one) => one === 'done').length, 1);
});

test('what is not theirs ends for good, be it the last one; then the help desk’s code gives a first app, which says that it replaces', async () => {
  const who = await somebody();
  const { app, id } = await takenOver(who);
  assert.equal(await freeze(who, id), 'done');
  assert.equal(await settle(who, id, false), 'done');
  await world.superuser.$executeRaw`UPDATE totp SET disabled_at = NULL, ended_at = NULL, last_step = NULL WHERE id = ${id}::uuid`;
  assert.equal(await factor(world, await identified(world, who.samAccountName), shows(app, 1)), 'failed', 'no edited row brings it back');
  const anew = newApp();
  assert.equal(await change(world, who, addApp(anew), { issuedCode: await ticketFor(world, who.samAccountName) }), 'done');
  const [row] = (await appsOf(world, who)).slice(-1);
  assert.equal(row?.binding, 'replacing');
});

test('the password alone freezes nothing that the owner did not add lately, and nobody freezes what is another’s', async () => {
  const [who, other] = [await somebody(), await somebody()];
  const [old] = await appsOf(world, who);
  assert.equal(await freeze(who, old?.id ?? ''), 'objection-over', 'enrolled by the operator');
  const { id } = await takenOver(other);
  assert.equal(await freeze(who, id), 'not-found');
  assert.equal(await freeze(who, id, { code: codeNow(who) }), 'not-found');
  assert.equal(await settle(who, id, true), 'not-found');
  // A row of somebody else, moved by hand, is none of theirs.
  await world.superuser.totp.update({ where: { id }, data: { accountGuid: who.guid } });
  assert.equal(await freeze(who, id), 'not-found');
  assert.equal(await world.superuser.freeze.count({ where: { accountGuid: who.guid } }), 0);
  await world.superuser.totp.update({ where: { id }, data: { accountGuid: other.guid } });
});

test('who has lost their only key says so with a code of the app: it signs nothing any more, and a new one says that it replaces', async () => {
  const who = await somebody();
  const key = await keyOf(world, who);
  const { id } = await world.superuser.passkey.findUniqueOrThrow({ where: { credentialId: key.id } });
  const { totp: code } = await codes(world, who);
  assert.equal(await freeze(who, id, { code }), 'done');
  assert.deepEqual(
    (await leaves(who, 'authenticator.frozen')).map((one) => (one as { why: string }).why),
    ['lost'],
  );
  assert.equal(await world.superuser.alarm.count({ where: { subject: id } }), 0, 'to lose a key calls nobody');

  const app = newApp();
  const wanted: ChangeShown = { deed: 'app', secret: app.settings.secret };
  const signs = async (by: SoftPasskey) => {
    const ceremony = await begun(world, who, OWN_CHANGE_PURPOSE);
    return { ceremony: ceremony.ceremony, assertion: assertionOf(by, ownChange(ceremony, wanted), PAGE, OWN_FACTORS_TAG) };
  };
  assert.equal(await change(world, who, addApp(app), await signs(key)), 'passkey-not-accepted');
  const fresh = new SoftPasskey();
  const [ceremony, request] = [await begun(world, who, 'passkey/add'), randomUUID()];
  const registration = registrationOf(fresh, ceremony);
  const value = { account: who.guid, ceremony: ceremony.ceremony, name: 'new key', registration, by: await codes(world, who) };
  const answer = await world.verifier.registerPasskey({ request, account: who.guid, sealed: await seal(world, 'passkey', request, value) });
  assert.equal(answer.outcome, 'done');
  const row = await world.superuser.passkey.findUniqueOrThrow({ where: { credentialId: fresh.id } });
  assert.equal(row.binding, 'replacing');
  assert.equal(await settle(who, id, true), 'done', 'found again, and settled at the help desk');
  assert.equal(await change(world, who, addApp(app), await signs(key)), 'done');
  const used = await world.superuser.passkey.findUniqueOrThrow({ where: { id } });
  assert.equal(used.lastUsedFrom, '10.1.2.3', 'and its owner reads when and from where it was used last');
});

test('a factor that counts again cools off anew before it serves a protected account', async () => {
  const who = await somebody({ protectedBy: 'Domain Admins' });
  const [old] = await appsOf(world, who);
  assert.equal(await freeze(who, old?.id ?? '', { code: codeNow(who) }), 'done');
  assert.equal(await settle(who, old?.id ?? '', true), 'done');
  const reset = await identified(world, who.samAccountName);
  const sealed = await seal(world, 'factor', reset.reset, { value: codeNow(who, 1) });
  const answer = await world.verifier.checkFactor({ ...reset, updateId: 'one', sealed, purpose: 'reset' });
  assert.deepEqual(answer, { outcome: 'refused', code: 'factor-too-new' });
});

test('a key gets another name by its owner, and by nobody else', async () => {
  const [who, other] = [await somebody(), await somebody()];
  const key = await keyOf(world, who);
  const { id } = await world.superuser.passkey.findUniqueOrThrow({ where: { credentialId: key.id } });
  assert.equal(await change(world, who, { deed: 'rename', factor: id, name: 'red key' }), 'done');
  assert.equal(await change(world, other, { deed: 'rename', factor: id, name: 'mine' }), 'not-found');
  assert.equal((await world.superuser.passkey.findUniqueOrThrow({ where: { id } })).name, 'red key');
  assert.deepEqual(await leaves(who, 'authenticator.renamed'), [{ passkey: id }]);
});
