import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { casesOf, comparePolicies } from '#activities/policy/compare.ts';
import { simulate } from '#activities/policy/simulate.ts';
import { holdings } from '#activities/verify/holdings.ts';
import { summaryOf } from '#domain/policy-comparison.ts';
import { loadPolicy } from '#prisma/policies.ts';
import { parseNewPolicy } from '#prisma/policy-text.ts';
import { demoPolicyWith, privilegedRule } from '../support/policies.ts';
import { addApp, appsOf, change, newApp, shows, ticketFor } from './own-factors.ts';
import { enrolled, factor, identified, person, seal, useVerifier } from './world.ts';

const world = await useVerifier();
const PASSWORD = 'Kanarienvogel-7-Gelb';
const rules = `rules:${privilegedRule}
  - id: standard
    when: { protected: false }
    accept: [{ name: a code and the app, proofs: [recovery-code], factors: [totp] }]
    approvals: []`;
const textOf = (firstFactor: string): string =>
  demoPolicyWith(`networks: { branches: [10.1.0.0/16], head-office: [10.9.0.0/16] }\n${firstFactor}${rules}`);
/** Puts a policy in force, published as the operator does it or not. */
async function inForce(firstFactor: string, isPinned = true): Promise<string> {
  const text = textOf(firstFactor);
  const { sha256 } = await world.superuser.$transaction((tx) => loadPolicy(tx, text, { type: 'service', name: 'test' }));
  world.pinned.policies = isPinned ? [sha256] : [];
  return sha256;
}
const BRANCH = 'firstFactor:\n  - { name: new at a branch, when: { protected: false, networks: [branches] }, youngerThan: 14d }\n';
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);

function newcomer(name: string, facts: Parameters<typeof person>[1] = {}) {
  const who = person(name, { created: daysAgo(3), ...facts });
  world.directory.set(who.guid, who);
  world.passwords.set(who.guid, PASSWORD);
  return who;
}
const first = (who: { guid: string }, password = PASSWORD, app = newApp(), request: string = randomUUID()) =>
  change(world, who, addApp(app), { password }, request);
const lastLeaf = async (who: { guid: string }) => {
  const rows = await world.superuser.leaf.findMany({ orderBy: { seq: 'desc' } });
  const body = rows.find((row) => row.body.includes(`"guid":"${who.guid}"`))?.body ?? '{}';
  return JSON.parse(body) as {
    type: string;
    outcome: string;
    reason?: string;
    do: Record<string, unknown>;
    who: { actor: { auth?: object } };
  };
};

test('somebody new at a branch sets up their first app with the password, and the leaf names the condition and the version', async () => {
  const sha256 = await inForce(BRANCH);
  const anna = newcomer('anna');
  const app = newApp();
  const code = shows(app);
  assert.equal(await change(world, anna, addApp(app, { code }), { password: PASSWORD }), 'done');
  assert.equal((await appsOf(world, anna))[0]?.binding, 'first', 'so it cools off before it serves a protected account');
  const leaf = await lastLeaf(anna);
  assert.deepEqual(
    [leaf.type, leaf.outcome, leaf.do['condition'], leaf.do['policy']],
    ['authenticator.enrolled', 'success', 'new at a branch', sha256],
  );
  assert.deepEqual(leaf.who.actor.auth, { method: 'password', aal: '1', cred: null });
  const reset = await identified(world, 'anna');
  assert.equal(await factor(world, reset, code), 'failed', 'the code that confirmed it was used');
  assert.equal(await factor(world, reset, shows(app, 1)), 'passed');
  const rows = await world.superuser.$queryRaw<{ text: string }[]>`
    SELECT body AS text FROM leaf UNION ALL SELECT outcome::text FROM burn UNION ALL SELECT key FROM attempts`;
  for (const { text } of rows) assert.ok(!text.includes(PASSWORD), 'the password is nowhere');
});

test('whoever does not meet it, holds or held something, is protected, or types a wrong password gets the same words; the leaf alone says why', async () => {
  await inForce(BRANCH);
  const refused = async (who: { guid: string }, fault: string, password = PASSWORD) => {
    assert.equal(await first(who, password), 'first-app-refused', fault);
    const leaf = await lastLeaf(who);
    assert.deepEqual([leaf.type, leaf.reason, leaf.do['fault']], ['enrolment.refused', 'first-app-refused', fault]);
    assert.equal((await appsOf(world, who)).filter(({ binding }) => binding === 'first').length, 0);
  };
  await refused(newcomer('bo'), 'password wrong', 'Not-The-Password-1');
  await refused(newcomer('carla', { created: daysAgo(15) }), 'no condition met');
  await refused(newcomer('dora', { created: undefined }), 'no condition met');
  await refused(newcomer('emil', { protectedBy: 'adminCount' }), 'no condition met');
  await refused(newcomer('fay', { smartcardRequired: true }), 'no condition met');
  await refused(newcomer('gus', { enabled: false }), 'account not active');
  await refused(newcomer('hedy', { dn: 'CN=hedy,OU=Elsewhere,DC=bank,DC=test' }), 'account not active');
  const ivy = newcomer('ivy');
  await enrolled(world, ivy);
  await refused(ivy, 'held a factor');
  const jo = newcomer('jo');
  await enrolled(world, jo);
  await world.superuser.totp.updateMany({ where: { accountGuid: jo.guid }, data: { endedAt: new Date(), disabledAt: new Date() } });
  await world.superuser.code.updateMany({ where: { accountGuid: jo.guid }, data: { usedAt: new Date() } });
  await refused(jo, 'held a factor');
});

test('the source is judged by the policy’s own networks, and the password opens nothing else under My factors', async () => {
  await inForce(BRANCH.replace('branches', 'head-office'));
  const kai = newcomer('kai');
  assert.equal(await first(kai), 'first-app-refused', 'from 10.1.2.3, which is no address of the head office');
  const alice = newcomer('alice');
  await enrolled(world, alice);
  const [app] = await appsOf(world, alice);
  const by = { password: PASSWORD };
  assert.equal(await change(world, alice, addApp(newApp(), { replaces: app?.id ?? '' }), by), 'factor-too-weak');
  assert.equal(await change(world, alice, { deed: 'remove', factor: app?.id ?? '' }, by), 'factor-too-weak');
  assert.equal(await change(world, alice, { deed: 'freeze', factor: app?.id ?? '' }, by), 'factor-too-weak');
  const codes = { deed: 'recovery-codes', recoveryCodes: ['AAAA-BBBB-CCCC-DDDD-EEEE'] };
  assert.equal(await change(world, kai, codes, by), 'factor-too-weak');
});

test('without the section nobody may, and with a ticket of the help desk it goes on as before', async () => {
  await inForce('');
  const lou = newcomer('lou');
  assert.equal(await first(lou), 'first-app-refused');
  assert.equal(await change(world, lou, addApp(newApp()), { issuedCode: await ticketFor(world, 'lou') }), 'done');
});

test('of several at the same time exactly one wins; the same form sent again gets its first answer, and rows that are deleted open no second time', async () => {
  await inForce(BRANCH);
  const mia = newcomer('mia');
  assert.equal(await change(world, mia, addApp(newApp(), { code: '000000' }), { password: PASSWORD }), 'app-code-not-accepted');
  const outcomes = await Promise.all(Array.from({ length: 8 }, () => first(mia).catch((error: unknown) => String(error))));
  assert.equal(outcomes.filter((one) => one === 'done').length, 1, outcomes.join(' '));
  assert.equal((await appsOf(world, mia)).length, 1);
  await world.superuser.totp.deleteMany({ where: { accountGuid: mia.guid } });
  await world.superuser.$executeRaw`DELETE FROM attempts`;
  assert.equal(await first(mia), 'first-app-refused');
  assert.equal((await lastLeaf(mia)).do['fault'], 'had a first app by a condition');

  const nils = newcomer('nils');
  const [app, request] = [newApp(), randomUUID()];
  const twice = await Promise.all([1, 2].map(() => change(world, nils, addApp(app), { password: PASSWORD }, request)));
  assert.deepEqual(twice, ['done', 'done']);
  assert.equal((await appsOf(world, nils)).length, 1);
});

test('a worker that names somebody else, and a version of the policy that nobody published, open nothing', async () => {
  await inForce(BRANCH);
  const [olga, pia] = [newcomer('olga'), newcomer('pia')];
  const request = randomUUID();
  const what = addApp(newApp());
  const sealed = await seal(world, 'own-factor', request, { account: olga.guid, what, by: { password: PASSWORD }, source: '10.1.2.3' });
  const answer = await world.verifier.changeFactor({ request, account: pia.guid, sealed });
  assert.deepEqual(answer, { outcome: 'refused', code: 'service-unavailable' });
  assert.equal((await appsOf(world, pia)).length, 0);

  // Whoever owns the database puts their own text in force, its hash right.
  await inForce('firstFactor:\n  - { name: mine, when: { protected: false, networks: [branches, head-office] } }\n', false);
  assert.equal(await first(olga), 'first-app-refused');
  assert.equal((await lastLeaf(olga)).do['fault'], 'policy not published');
});

test('a row of an app that was written by hand counts for nothing: it lets nobody in and keeps nobody out', async () => {
  await inForce(BRANCH);
  const rosa = newcomer('rosa');
  const other = newcomer('other');
  await enrolled(world, other);
  const [row] = await appsOf(world, other);
  assert.ok(row);
  await world.superuser.totp.update({ where: { id: row.id }, data: { accountGuid: rosa.guid } });
  assert.equal(await first(rosa), 'done');
});

test('a comparison says for whom a version would open it: who holds nothing, is young enough and not protected, from any network that is named', async () => {
  const [sven, old, admin, has] = [
    newcomer('sven'),
    newcomer('old', { created: daysAgo(30) }),
    newcomer('admin', { protectedBy: 'adminCount' }),
    newcomer('has'),
  ];
  await enrolled(world, has);
  const sides = { before: parseNewPolicy(textOf('')), draft: parseNewPolicy(textOf(BRANCH)), cardsCount: false };
  const cases = casesOf([sides.before, sides.draft], [new Date()]);
  const compared = await comparePolicies(await world.deps.people.survey([]), await holdings(world.deps.db), sides, cases);
  const { firstFactor, firstFactorToday } = summaryOf(compared);
  assert.deepEqual(
    [sven, old, admin, has].map(({ samAccountName }) => firstFactor.includes(samAccountName)),
    [true, false, false, false],
  );
  assert.equal(firstFactorToday, 0);
});

test('the simulator says of one account by which condition it would, from the network that is supposed, and nothing of who holds something', async () => {
  const [tom, ute] = [newcomer('tom'), newcomer('ute')];
  await enrolled(world, ute);
  const { people, db, roleGroups } = world.deps;
  const asked = async (who: typeof tom, networks: readonly string[]) => {
    const supposed = { networks, via: 'portal', at: new Date() } as const;
    return (await simulate({ people, db, roleGroups, cardsCount: false }, parseNewPolicy(textOf(BRANCH)), who, supposed)).firstFactor;
  };
  assert.equal(await asked(tom, ['branches']), 'new at a branch');
  assert.equal(await asked(tom, ['head-office']), null);
  assert.equal(await asked(ute, ['branches']), null);
});
