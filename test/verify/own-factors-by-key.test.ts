import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { codeFromBytes, RECOVERY_CODE_SYMBOLS } from '#domain/codes.ts';
import {
  OWN_CHANGE_PURPOSE,
  OWN_FACTORS_TAG,
  OWN_SIGN_IN_PURPOSE,
  ownSignInStatement,
  type ChangeShown,
} from '#domain/own-factor-statement.ts';
import { PASSKEY_TAG, removeStatement, type Ceremony } from '#domain/passkey.ts';
import { ownChange } from '#prisma/own-factor-text.ts';
import { policyInForce } from '#prisma/policies.ts';
import type { SoftPasskey } from '#test/support/soft-passkey.ts';
import { assertionOf, begun, keyOf, PAGE } from './keys.ts';
import { addApp, appsOf, change, newApp, shows, type App } from './own-factors.ts';
import { enrolled, factor, identified, person, prove, seal, useVerifier, type Enrolled } from './world.ts';

const world = await useVerifier();
let count = 0;
const officer = (): Promise<Enrolled> => enrolled(world, person(`keyed${(count += 1)}`, { groups: ['S-CS-Security-Officers'] }), 9);
const sheet = () => Array.from({ length: 10 }, () => codeFromBytes(randomBytes(RECOVERY_CODE_SYMBOLS)));

/** The signature of a key over a change, as the page of My factors sends it. */
async function signs(
  who: Enrolled,
  key: SoftPasskey,
  what: ChangeShown,
  bent: { ceremony?: Ceremony; page?: typeof PAGE; tag?: string } = {},
) {
  const ceremony = bent.ceremony ?? (await begun(world, who, OWN_CHANGE_PURPOSE));
  return {
    ceremony: ceremony.ceremony,
    assertion: assertionOf(key, ownChange(ceremony, what), bent.page ?? PAGE, bent.tag ?? OWN_FACTORS_TAG),
  };
}
const newAppShown = ({ settings }: App, replaces?: string): ChangeShown => ({ deed: 'app', secret: settings.secret, replaces });

/** What the last leaf of this type says of somebody. */
const lastLeaf = async (who: Enrolled, type: string) =>
  JSON.parse(
    (await world.superuser.leaf.findMany({ where: { type }, orderBy: { seq: 'desc' } })).find(({ body }) => body.includes(who.guid))
      ?.body ?? '{}',
  ) as { who: { actor: { auth?: { method: string; cred: string } } }; do: Record<string, unknown> };

test('a key confirms a new app, one in the place of a lost one, new codes and an end, each by a signature of its own', async () => {
  const who = await officer();
  const key = await keyOf(world, who);
  const [lost] = await appsOf(world, who);
  const [app, codes] = [newApp(), sheet()];
  const replaced = await signs(who, key, newAppShown(app, lost?.id));
  assert.equal(await change(world, who, addApp(app, { replaces: lost?.id ?? '' }), replaced), 'done');
  const row = (await appsOf(world, who)).find(({ endedAt }) => endedAt === null);
  assert.equal(row?.binding, 'confirmed');
  const { id } = await world.superuser.passkey.findUniqueOrThrow({ where: { credentialId: key.id } });
  assert.deepEqual(await lastLeaf(who, 'authenticator.enrolled').then((leaf) => leaf.who.actor.auth), {
    method: 'passkey',
    aal: '2',
    cred: id,
  });

  const second = newApp();
  assert.equal(await change(world, who, addApp(second), await signs(who, key, newAppShown(second))), 'done');
  const anew = { deed: 'recovery-codes', recoveryCodes: codes } as const;
  assert.equal(await change(world, who, anew, await signs(who, key, anew)), 'done');
  const end = { deed: 'remove', factor: row.id } as const;
  assert.equal(await change(world, who, end, await signs(who, key, end)), 'done');
  const reset = await identified(world, who.samAccountName);
  assert.equal(await prove(world, reset, codes[2] ?? ''), 'passed');
  assert.equal(await factor(world, reset, shows(app, 1)), 'failed', 'the removed one counts no more');
  assert.equal(await factor(world, reset, shows(second, 1)), 'passed');
});

test('a signature is good for the change that was shown, once: no other app, codes or factor, no second time, no other page', async () => {
  const [who, other] = [await officer(), await officer()];
  const [key, theirs] = [await keyOf(world, who), await keyOf(world, other)];
  const [app, another] = [newApp(), newApp()];
  const [held] = await appsOf(world, who);
  const wanted = newAppShown(app);
  const tried = (by: object, what: object = addApp(app)) => change(world, who, what, by);

  assert.equal(await tried(await signs(who, key, wanted), addApp(another)), 'passkey-not-accepted', 'another secret');
  assert.equal(await tried(await signs(who, key, wanted), addApp(app, { replaces: held?.id ?? '' })), 'passkey-not-accepted');
  const codes = { deed: 'recovery-codes', recoveryCodes: sheet() } as const;
  assert.equal(await tried(await signs(who, key, codes), { ...codes, recoveryCodes: sheet() }), 'passkey-not-accepted', 'other codes');
  assert.equal(
    await tried(await signs(who, key, { deed: 'remove', factor: randomUUID() }), { deed: 'remove', factor: held?.id }),
    'passkey-not-accepted',
  );
  assert.equal(await tried(await signs(who, key, wanted), { deed: 'rename', factor: held?.id, name: 'x' }), 'ceremony-over');
  assert.equal(await tried(await signs(other, theirs, wanted)), 'ceremony-over', 'a ceremony of somebody else');
  assert.equal(await tried(await signs(who, theirs, wanted)), 'passkey-not-accepted', 'a key of somebody else');
  assert.equal(
    await tried(await signs(who, key, wanted, { page: { ...PAGE, origin: 'https://portal.evil.test' } })),
    'passkey-not-accepted',
  );
  assert.equal(await tried(await signs(who, key, wanted, { tag: PASSKEY_TAG })), 'passkey-not-accepted');
  const elsewhere = await begun(world, who, 'passkey/remove');
  assert.equal(await tried(await signs(who, key, wanted, { ceremony: elsewhere })), 'ceremony-over', 'begun for something else');
  const begunFor = await begun(world, who, OWN_CHANGE_PURPOSE);
  const removal = {
    ceremony: begunFor.ceremony,
    assertion: assertionOf(key, removeStatement(begunFor, held?.id ?? ''), PAGE, OWN_FACTORS_TAG),
  };
  assert.equal(await tried(removal), 'passkey-not-accepted', 'another statement');
  key.flags.userVerified = false;
  assert.equal(await tried(await signs(who, key, wanted)), 'passkey-not-verified', 'the key did not know its owner');
  key.flags.userVerified = true;
  assert.equal((await appsOf(world, who)).length, 1, 'nothing came of any of them');

  const good = await signs(who, key, wanted);
  assert.equal(await tried(good), 'done');
  assert.equal(await tried(good, addApp(another)), 'ceremony-over', 'used');
});

test('of 64 uses of one signature at the same time exactly one adds the app', async () => {
  const who = await officer();
  const key = await keyOf(world, who);
  const app = newApp();
  const by = await signs(who, key, newAppShown(app));
  const outcomes = await Promise.all(
    Array.from({ length: 64 }, () => change(world, who, addApp(app), by).catch((error: unknown) => String(error))),
  );
  assert.equal(outcomes.filter((one) => one === 'done').length, 1);
  assert.equal((await appsOf(world, who)).length, 2);
});

test('a key that was removed, and a key row that somebody wrote by hand, confirm nothing', async () => {
  const who = await officer();
  const key = await keyOf(world, who);
  const ceremony = await begun(world, who, 'passkey/remove');
  const { id: passkey } = await world.superuser.passkey.findUniqueOrThrow({ where: { credentialId: key.id } });
  const request = randomUUID();
  const value = {
    account: who.guid,
    ceremony: ceremony.ceremony,
    passkey,
    assertion: assertionOf(key, removeStatement(ceremony, passkey)),
  };
  const removed = await world.verifier.removePasskey({
    request,
    account: who.guid,
    sealed: await seal(world, 'passkey-removal', request, value),
  });
  assert.equal(removed.outcome, 'done');
  await world.superuser.passkey.update({ where: { id: passkey }, data: { disabledAt: null } });
  const app = newApp();
  assert.equal(
    await change(world, who, addApp(app), await signs(who, key, newAppShown(app))),
    'passkey-not-accepted',
    'its end was burned',
  );

  const [thief, victim] = [await officer(), await officer()];
  const stolen = await keyOf(world, thief);
  await world.superuser.passkey.update({ where: { credentialId: stolen.id }, data: { accountGuid: victim.guid } });
  assert.equal(
    await change(world, victim, addApp(app), await signs(victim, stolen, newAppShown(app))),
    'passkey-not-accepted',
    'moved by hand',
  );
});

test('a key is the second step of a sign-in to My factors: of just that session, once, and not at the console', async () => {
  const who = await officer();
  const key = await keyOf(world, who);
  const session = randomUUID();
  const answerTo = (ceremony: Ceremony) => ({
    ceremony: ceremony.ceremony,
    assertion: assertionOf(key, ownSignInStatement(ceremony), PAGE, OWN_FACTORS_TAG),
  });
  const challenge = (of = session) => begun(world, { guid: of }, OWN_SIGN_IN_PURPOSE);
  const step = async (by: object, door: 'portal' | 'console' = 'portal', of: ReturnType<typeof randomUUID> = session) => {
    const sealed = await seal(world, 'sign-in', of, { ...by, door, source: '10.1.2.3' });
    return world.verifier.checkSignInFactor({ session: of, updateId: randomUUID(), account: who.guid, sealed });
  };
  const answer = answerTo(await challenge());
  const passed = await step(answer);
  assert.equal(passed.outcome, 'passed');
  const said = passed.outcome === 'passed' ? (JSON.parse(passed.word.text) as Record<string, unknown>) : {};
  assert.deepEqual([said['kind'], said['session'], said['account']], ['sign-in-factor', session, who.guid]);
  assert.deepEqual(await lastLeaf(who, 'sign-in.factor').then(({ do: { method, door } }) => [method, door]), ['passkey', 'portal']);

  const failed = async (why: string, by: object, door?: 'portal' | 'console', of?: ReturnType<typeof randomUUID>) =>
    assert.equal((await step(by, door, of)).outcome, 'failed', why);
  await failed('a second time', answer);
  await failed('another session', answerTo(await challenge()), 'portal', randomUUID());
  await failed('the challenge of another session', answerTo(await challenge(randomUUID())));
  await failed('begun for a change', answerTo({ ...(await begun(world, who, OWN_CHANGE_PURPOSE)), account: session }));
  await failed('the console asks for a code', answerTo(await challenge()), 'console');
  key.flags.userVerified = false;
  await failed('the key did not know its owner', answerTo(await challenge()));
  assert.equal(await lastLeaf(who, 'sign-in.factor').then((leaf) => leaf.do['fault']), 'user-verification');
  key.flags.userVerified = true;
  const { policy } = await policyInForce(world.superuser);
  for (let i = 0; i < policy.attempts.perAccountPerHour; i += 1) await failed('guesses', answerTo(await challenge(randomUUID())));
  await failed('over the limit the right one fails as well', answerTo(await challenge()));
});
