import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { codeFromBytes, RECOVERY_CODE_SYMBOLS } from '#domain/codes.ts';
import { SoftPasskey } from '#test/support/soft-passkey.ts';
import { begun, codes, PAGE, registrationOf } from './keys.ts';
import { addApp, appsOf, change, newApp, shows, ticketFor } from './own-factors.ts';
import { codeNow, enrolled, factor, identified, person, prove, seal, useVerifier } from './world.ts';

const world = await useVerifier();

const leavesOf = async (who: { guid: string }) =>
  (await world.superuser.leaf.findMany({ orderBy: { seq: 'asc' }, select: { type: true, outcome: true, body: true } })).filter(({ body }) =>
    body.includes(`"guid":"${who.guid}"`),
  );
const sheet = () => Array.from({ length: 10 }, () => codeFromBytes(randomBytes(RECOVERY_CODE_SYMBOLS)));

test('the first app of somebody who has nothing takes the ticket of the help desk, which is good once', async () => {
  const alice = person('alice');
  world.directory.set(alice.guid, alice);
  const [app, ticket] = [newApp(), await ticketFor(world, 'alice')];
  assert.equal(await change(world, alice, addApp(app)), 'factor-too-weak', 'the password alone is not enough');
  assert.equal(await change(world, alice, addApp(app), { issuedCode: 'ABCD-EFGH-JKMN-PQRS' }), 'ticket-not-accepted');
  assert.equal(await change(world, alice, addApp(app), { issuedCode: ticket }), 'done');
  const [row] = await appsOf(world, alice);
  assert.equal(row?.binding, 'first');
  assert.equal(row.name, 'my phone');
  const again = await ticketFor(world, 'alice');
  assert.equal(
    await change(world, alice, addApp(newApp()), { issuedCode: again }),
    'factor-too-weak',
    'whoever has an app confirms with it',
  );
  assert.equal(await change(world, alice, addApp(newApp()), { issuedCode: ticket }), 'ticket-not-accepted');
  const [enrolment] = (await leavesOf(alice)).filter(({ type }) => type === 'authenticator.enrolled');
  assert.match(enrolment?.body ?? '', /"issuer":"/, 'the leaf says who vouched');
});

test('an app of every setting that we know is confirmed by its own digits, and then makes codes for resets', async () => {
  for (const algorithm of ['sha1', 'sha256', 'sha512'] as const)
    for (const digits of [6, 7, 8] as const)
      for (const period of [30, 60] as const) {
        const who = person(`app-${algorithm}-${digits}-${period}`);
        world.directory.set(who.guid, who);
        const app = newApp({ algorithm, digits, period });
        const code = shows(app);
        assert.equal(await change(world, who, addApp(app, { code }), { issuedCode: await ticketFor(world, who.samAccountName) }), 'done');
        const reset = await identified(world, who.samAccountName);
        assert.equal(await factor(world, reset, code), 'failed', 'the code that confirmed it was used');
        assert.equal(await factor(world, reset, shows(app, 1)), 'passed');
      }
});

test('an app in the place of another counts from then on, and the one before at no door any more', async () => {
  const bilal = await enrolled(world, person('bilal'));
  const parked = await identified(world, 'bilal');
  const [before] = await appsOf(world, bilal);
  const app = newApp();
  assert.equal(
    await change(world, bilal, addApp(app, { replaces: before?.id ?? '', code: '000000' }), { code: codeNow(bilal) }),
    'app-code-not-accepted',
  );
  assert.equal(await change(world, bilal, addApp(app, { replaces: before?.id ?? '' }), { code: codeNow(bilal, 1) }), 'done');
  assert.equal(await factor(world, parked, codeNow(bilal, 1)), 'failed', 'also in a reset that was begun before');
  // Whoever owns the database edits the row back: its end was burned.
  await world.superuser
    .$executeRaw`UPDATE totp SET disabled_at = NULL, ended_at = NULL, last_step = NULL WHERE id = ${before?.id ?? ''}::uuid`;
  assert.equal(await factor(world, parked, codeNow(bilal)), 'failed');
  assert.equal(await factor(world, parked, shows(app, 1)), 'passed');
});

test('of 64 confirmations of one enrolment at the same time exactly one adds the app', async () => {
  const chen = person('chen');
  world.directory.set(chen.guid, chen);
  const [app, ticket] = [newApp(), await ticketFor(world, 'chen')];
  const outcomes = await Promise.all(
    Array.from({ length: 64 }, () => change(world, chen, addApp(app), { issuedCode: ticket }).catch((error: unknown) => String(error))),
  );
  assert.equal(outcomes.filter((one) => one === 'done').length, 1);
  assert.equal((await appsOf(world, chen)).length, 1);
});

test('the same form sent again gets its first answer, and the same page under another code adds no second app', async () => {
  const dora = await enrolled(world, person('dora'));
  const [app, request, by] = [newApp(), randomUUID(), { code: codeNow(dora) }];
  assert.deepEqual(await Promise.all([1, 2, 3].map(() => change(world, dora, addApp(app), by, request))), ['done', 'done', 'done']);
  assert.equal(await change(world, dora, addApp(app, { code: shows(app, 1) }), { code: codeNow(dora, 1) }), 'app-known');
  assert.equal((await appsOf(world, dora)).length, 2);
});

test("another person's factor is none of theirs, to rename, to replace or to remove", async () => {
  const [emil, fay] = [await enrolled(world, person('emil')), await enrolled(world, person('fay'))];
  const [theirs] = await appsOf(world, fay);
  assert.equal(await change(world, emil, { deed: 'rename', factor: theirs?.id, name: 'mine' }), 'not-found');
  assert.equal(await change(world, emil, { deed: 'remove', factor: theirs?.id }, { code: codeNow(emil) }), 'not-found');
  assert.equal(await change(world, emil, addApp(newApp(), { replaces: theirs?.id ?? '' }), { code: codeNow(emil, 1) }), 'not-found');
  assert.equal(
    await change(world, emil, { deed: 'remove', factor: theirs?.id }, { code: codeNow(fay) }),
    'factor-not-accepted',
    'nor with their code',
  );
  // The worker names somebody else than who was signed in: what they sealed is for nobody else.
  const request = randomUUID();
  const sealed = await seal(world, 'own-factor', request, {
    account: emil.guid,
    what: { deed: 'recovery-codes', recoveryCodes: sheet() },
    by: { code: codeNow(emil, 2) },
  });
  assert.deepEqual(await world.verifier.changeFactor({ request, account: fay.guid, sealed }), {
    outcome: 'refused',
    code: 'service-unavailable',
  });
  assert.equal(await factor(world, await identified(world, 'fay'), codeNow(fay)), 'passed');
});

test('a code of the app removes no security key, which is stronger', async () => {
  const gina = await enrolled(world, person('gina', { groups: ['S-CS-Security-Officers'] }));
  const key = new SoftPasskey(-7);
  const [ceremony, request] = [await begun(world, gina, 'passkey/add'), randomUUID()];
  const value = {
    account: gina.guid,
    ceremony: ceremony.ceremony,
    name: 'key',
    registration: registrationOf(key, ceremony, PAGE),
    by: await codes(world, gina),
  };
  const answer = await world.verifier.registerPasskey({
    request,
    account: gina.guid,
    sealed: await seal(world, 'passkey', request, value),
  });
  assert.equal(answer.outcome, 'done');
  const passkey = answer.outcome === 'done' ? answer.passkey : '';
  await world.superuser.$executeRaw`UPDATE totp SET last_step = NULL WHERE account_guid = ${gina.guid}::uuid`;
  assert.equal(await change(world, gina, { deed: 'remove', factor: passkey }, { code: codeNow(gina, 1) }), 'factor-too-weak');
  assert.equal((await world.superuser.passkey.findUniqueOrThrow({ where: { id: passkey } })).disabledAt, null);
  const refused = (await leavesOf(gina)).findLast(({ type }) => type === 'authenticator.removed');
  assert.deepEqual([refused?.outcome, refused?.body.includes('factor-too-weak')], ['denied', true]);
});

test('a new sheet of recovery codes takes a code of the app, and ends the sheet before', async () => {
  const hugo = await enrolled(world, person('hugo'));
  const recoveryCodes = sheet();
  const anew = { deed: 'recovery-codes', recoveryCodes };
  assert.equal(await change(world, hugo, anew), 'factor-too-weak');
  assert.equal(await change(world, hugo, anew, { issuedCode: await ticketFor(world, 'hugo') }), 'factor-too-weak');
  assert.equal(await change(world, hugo, anew, { code: codeNow(hugo) }), 'done');
  assert.equal(await prove(world, await identified(world, 'hugo'), hugo.recoveryCodes[0] ?? ''), 'failed');
  assert.equal(await prove(world, await identified(world, 'hugo'), recoveryCodes[9] ?? ''), 'passed');
});

test('a row that somebody wrote by hand is no factor: it makes no codes, and does not stand in the way of a first app', async () => {
  const iris = person('iris');
  world.directory.set(iris.guid, iris);
  const app = newApp();
  const row = {
    id: randomUUID(),
    accountGuid: iris.guid,
    secret: new Uint8Array(app.totp),
    keyId: world.deps.keys.factorId,
    binding: 'first',
    name: 'hers',
  };
  await world.superuser.totp.create({ data: { ...row, signature: new Uint8Array(64) } });
  assert.equal(await change(world, iris, { deed: 'recovery-codes', recoveryCodes: sheet() }, { code: shows(app) }), 'factor-not-accepted');
  assert.equal(await change(world, iris, { deed: 'rename', factor: row.id, name: 'x' }), 'not-found');
  assert.equal(await change(world, iris, addApp(newApp()), { issuedCode: await ticketFor(world, 'iris') }), 'done');
});

test('the last thing that makes codes is not removed; of two one is, and it counts no more', async () => {
  const jack = await enrolled(world, person('jack'));
  const [first] = await appsOf(world, jack);
  assert.equal(await change(world, jack, { deed: 'remove', factor: first?.id }, { code: codeNow(jack) }), 'last-factor');
  const app = newApp();
  assert.equal(await change(world, jack, addApp(app), { code: codeNow(jack, 1) }), 'done');
  assert.equal(await change(world, jack, { deed: 'remove', factor: first?.id }, { code: shows(app, 1) }), 'done');
  assert.equal(await factor(world, await identified(world, 'jack'), codeNow(jack, 2)), 'failed');
});

test('an app that was just replaced serves in no privileged reset until it has cooled off, and nothing is attested', async () => {
  const kate = await enrolled(world, person('kate', { protectedBy: 'Domain Admins' }));
  const app = newApp();
  assert.equal(await change(world, kate, addApp(app), { code: codeNow(kate) }), 'done');
  const reset = await identified(world, 'kate');
  const sealed = await seal(world, 'factor', reset.reset, { value: shows(app, 1) });
  const answer = await world.verifier.checkFactor({ ...reset, updateId: 'one', sealed, purpose: 'reset' });
  assert.deepEqual(answer, { outcome: 'refused', code: 'factor-too-new' });
  assert.equal(await world.superuser.attestation.count({ where: { resetId: reset.reset, kind: 'factor' } }), 0);
  const liam = await enrolled(world, person('liam'));
  const theirs = newApp();
  assert.equal(await change(world, liam, addApp(theirs), { code: codeNow(liam) }), 'done');
  assert.equal(await factor(world, await identified(world, 'liam'), shows(theirs, 1)), 'passed', 'an ordinary account does not wait');
});
