import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expireCampaigns } from '#activities/record/expire-campaigns.ts';
import { normaliseCode } from '#domain/codes.ts';
import { campaigns, lettersOf } from '#ops/campaigns.ts';
import { administrator, campaignOf, close, letters, made, newcomer, ticketOf, TELLERS } from './campaigns.ts';
import { confirm, officerOf, propose } from './officers.ts';
import { addApp, appsOf, change, newApp } from './own-factors.ts';
import { codeNow, enrolled, factor, identified, person, prove, useVerifier } from './world.ts';

const world = await useVerifier();
const helena = await administrator(world, 'helena', { employeeId: '7001' });
const second = await administrator(world, 'helena-adm', { employeeId: '7001' });
const mateo = await administrator(world, 'mateo');
const priya = await officerOf(world, 'priya');
const both = [helena, mateo] as const;
const STAFF = 'OU=Staff,DC=bank,DC=test';

const leaves = async (type: string): Promise<{ outcome: string; reason?: string; do: Record<string, unknown> }[]> =>
  (await world.superuser.leaf.findMany({ where: { type }, orderBy: { seq: 'asc' } })).map(({ body }) => JSON.parse(body) as never);
const firstApp = (who: { guid: string }, ticket: string, app = newApp()) => change(world, who, addApp(app), { letterCode: ticket });

test('two people make a campaign, the second one the letters, and each ticket gives its owner their first app', async () => {
  const [anna, boris] = [newcomer(world, 'anna'), newcomer(world, 'boris')];
  await enrolled(world, person('carla', { dn: `CN=carla,${TELLERS}` }));
  newcomer(world, 'dora', STAFF);
  const id = await made(world, both);
  const people = await world.superuser.campaignPerson.findMany({ where: { campaignId: id }, orderBy: { accountName: 'asc' } });
  assert.deepEqual(
    people.map(({ accountName, unit, ticket }) => [accountName, unit, ticket]),
    [
      ['anna', TELLERS, null],
      ['boris', TELLERS, null],
    ],
    'of the unit, and only who has nothing; no ticket exists yet',
  );
  assert.equal(await letters(world, helena, id), 'letters-second-person', 'whoever made it never sees a ticket');
  const tickets = await letters(world, mateo, id);
  assert.ok(typeof tickets !== 'string');
  assert.deepEqual([...tickets.keys()].toSorted(), [anna.guid, boris.guid].toSorted());
  for (const ticket of tickets.values())
    assert.equal(normaliseCode(ticket)?.length, 20, '80 secret bits behind the four symbols that find the row');
  assert.equal(await letters(world, mateo, id), 'letters-printed');

  const ticket = tickets.get(anna.guid) ?? '';
  assert.equal(await firstApp(anna, ticket), 'done');
  assert.equal((await appsOf(world, anna))[0]?.binding, 'first');
  const [enrolment] = (await leaves('authenticator.enrolled')).slice(-1);
  assert.deepEqual([enrolment?.do['campaign'], enrolment?.do['issuer']], [id, mateo.guid]);
  const [printed] = await leaves('campaign.letters');
  assert.deepEqual([printed?.do['campaign'], printed?.do['letters'], printed?.do['of']], [id, 2, null]);
  const approved = (await leaves('joint-act.confirmed')).at(-1);
  assert.deepEqual([approved?.do['kind'], approved?.do['campaign'], approved?.do['people']], ['campaign', id, 2]);
  const all =
    JSON.stringify(await world.superuser.leaf.findMany({ select: { body: true } })) + JSON.stringify(await world.superuser.burn.findMany());
  for (const one of tickets.values())
    for (const form of [one, one.replaceAll('-', ''), one.slice(5)])
      assert.ok(!all.includes(form), 'no ticket stands in a leaf or an outcome');
});

test('a ticket opens no reset, and neither adds to, replaces nor ends what somebody has', async () => {
  const emil = newcomer(world, 'emil');
  const id = await made(world, both);
  const ticket = await ticketOf(world, mateo, id, emil);
  const reset = await identified(world, 'emil');
  for (const method of ['recovery-code', 'issued-code']) assert.equal(await prove(world, reset, ticket, undefined, method), 'failed');
  assert.equal(await change(world, emil, addApp(newApp()), { issuedCode: ticket }), 'ticket-not-accepted', 'it is not the help desk’s');
  const codes = { deed: 'recovery-codes', recoveryCodes: ['AAAA-BBBB-CCCC-DDDD-EEEE'] };
  assert.equal(await change(world, emil, codes, { letterCode: ticket }), 'letter-first-only');

  // Somebody enrols him meanwhile; from then on his letter is worth nothing.
  const now = await enrolled(world, emil);
  assert.equal(await firstApp(emil, ticket), 'letter-first-only');
  const [app] = await appsOf(world, emil);
  assert.equal(await change(world, emil, addApp(newApp(), { replaces: app?.id ?? '' }), { letterCode: ticket }), 'letter-first-only');
  assert.equal(await change(world, emil, { deed: 'remove', factor: app?.id ?? '' }, { letterCode: ticket }), 'letter-first-only');
  assert.equal(await factor(world, reset, codeNow(now)), 'passed', 'what he has goes on working');
});

test('a slip in the digits of the new app costs no letter; of 64 uses at the same time one wins, and no later one', async () => {
  const frida = newcomer(world, 'frida');
  const id = await made(world, both);
  const ticket = await ticketOf(world, mateo, id, frida);
  assert.equal(await change(world, frida, addApp(newApp(), { code: '000000' }), { letterCode: ticket }), 'app-code-not-accepted');
  const outcomes = await Promise.all(Array.from({ length: 64 }, () => firstApp(frida, ticket).catch((error: unknown) => String(error))));
  assert.equal(outcomes.filter((one) => one === 'done').length, 1);
  assert.equal((await appsOf(world, frida)).length, 1);
  // Whoever owns the database makes the row look unused: its use was burned.
  await world.superuser.code.updateMany({ where: { campaignId: id }, data: { usedAt: null } });
  await world.superuser.$executeRaw`DELETE FROM attempts`;
  await world.superuser.totp.deleteMany({ where: { accountGuid: frida.guid } });
  assert.equal(await firstApp(frida, ticket), 'letter-not-accepted');
});

test('a ticket is for one account, and dies with its campaign: after its time, and at once when somebody closes it', async () => {
  const [greta, hans, ivan] = [newcomer(world, 'greta'), newcomer(world, 'hans'), newcomer(world, 'ivan', STAFF)];
  const id = await made(world, both);
  const tickets = await letters(world, mateo, id);
  assert.ok(typeof tickets !== 'string');
  const [hers, his] = [tickets.get(greta.guid) ?? '', tickets.get(hans.guid) ?? ''];
  assert.equal(await firstApp(hans, hers), 'letter-not-accepted');
  assert.equal(await firstApp(ivan, hers), 'letter-not-accepted', 'nor for somebody who is in no campaign');
  assert.equal(await close(world, priya, id), 'done', 'either role may, alone: it only takes away');
  assert.equal(await firstApp(greta, hers), 'letter-not-accepted');
  const until = campaignOf().campaign.until;
  await world.superuser.code.updateMany({ where: { campaignId: id }, data: { expiresAt: new Date(until) } });
  assert.equal(await firstApp(hans, his), 'letter-not-accepted', 'a row that is edited back opens nothing');
  assert.equal(await close(world, mateo, id), 'campaign-over');
  assert.equal(await letters(world, mateo, id, { of: greta.guid }), 'campaign-over');
  const [closed] = (await leaves('campaign.closed')).slice(-1);
  assert.deepEqual([closed?.do['used'], typeof closed?.do['died']], [0, 'number']);
  assert.deepEqual((await leaves('campaign.refused')).at(-1)?.reason, 'campaign-over');
});

test('a campaign that is over by the clock of the database gives no app, and nobody lengthens it by hand', async () => {
  const karl = newcomer(world, 'karl');
  const id = await made(world, both);
  const ticket = await ticketOf(world, mateo, id, karl);
  const rows = await world.superuser.code.findMany({ where: { campaignId: id, accountGuid: karl.guid } });
  await world.superuser.code.updateMany({ where: { campaignId: id }, data: { expiresAt: new Date(Date.now() - 1000) } });
  assert.equal(await firstApp(karl, ticket), 'letter-not-accepted');
  await world.superuser.code.updateMany({ where: { campaignId: id }, data: { expiresAt: new Date(Date.now() + 900 * 86_400_000) } });
  assert.equal(await firstApp(karl, ticket), 'letter-not-accepted', 'the end is signed with the row');
  await world.superuser.code.updateMany({
    where: { campaignId: id, accountGuid: karl.guid },
    data: { expiresAt: rows[0]?.expiresAt ?? null },
  });
  const lars = newcomer(world, 'lars');
  await world.superuser.code.updateMany({ where: { id: rows[0]?.id ?? '' }, data: { accountGuid: lars.guid } });
  assert.equal(await firstApp(lars, ticket), 'letter-not-accepted', 'nor does it open another account');
  await world.superuser.code.updateMany({ where: { id: rows[0]?.id ?? '' }, data: { accountGuid: karl.guid } });
  assert.equal(await firstApp(karl, ticket), 'done', 'as the verifier wrote it, it counts');
});

test('a letter that is made anew ends the one before; nobody gets one who was put into the campaign by hand, or has something', async () => {
  const [mona, nils, olga] = [newcomer(world, 'mona'), newcomer(world, 'nils'), newcomer(world, 'olga', STAFF)];
  const id = await made(world, both);
  assert.equal(await letters(world, mateo, id, { of: mona.guid }), 'letters-not-printed');
  const first = await letters(world, mateo, id);
  assert.ok(typeof first !== 'string');
  const anew = await letters(world, mateo, id, { of: mona.guid });
  assert.ok(typeof anew !== 'string');
  assert.deepEqual([...anew.keys()], [mona.guid]);
  assert.equal(await firstApp(mona, first.get(mona.guid) ?? ''), 'letter-not-accepted');
  assert.equal(await firstApp(mona, anew.get(mona.guid) ?? ''), 'done');
  assert.equal(await firstApp(nils, first.get(nils.guid) ?? ''), 'done', 'the others go on working');
  assert.equal(await letters(world, mateo, id, { of: mona.guid }), 'letter-not-needed');
  const signature = new Uint8Array(64);
  const forged = { campaignId: id, accountGuid: olga.guid, accountName: 'olga', displayName: 'olga', unit: STAFF, signature };
  await world.superuser.campaignPerson.create({ data: forged });
  assert.equal(await letters(world, mateo, id, { of: olga.guid }), 'letter-not-needed');
  const other = newcomer(world, 'pia');
  assert.equal(await letters(world, mateo, id, { of: nils.guid, signs: { of: other.guid } }), 'letter-not-needed');
});

test('nobody approves a campaign of their own, by whichever of their accounts, and a campaign that two people did not sign gives no letters', async () => {
  newcomer(world, 'rita');
  const deed = campaignOf();
  const { act } = await propose(world, helena, deed);
  assert.equal(await confirm(world, helena, act, deed), 'campaign-own');
  assert.equal(await confirm(world, second, act, deed), 'campaign-own');
  const nobody = await enrolled(world, person('sven'));
  assert.equal(await confirm(world, nobody, act, deed, { code: true }), 'role-needed');
  assert.equal(await confirm(world, mateo, act, deed, { code: true }), 'keys-of-both-needed');
  const other = campaignOf({ until: new Date(Date.now() + 30 * 86_400_000).toISOString() });
  assert.equal(await confirm(world, mateo, act, other), 'joint-act-closed', 'what is approved is what was proposed');
  // The row is edited to be approved by its maker.
  await world.superuser.jointAct.update({ where: { id: act }, data: { state: 'confirmed', confirmer: helena.guid } });
  assert.equal(await letters(world, helena, act), 'campaign-over');
  // A campaign's signed text under another id is none of that id.
  const id = await made(world, both);
  const { body, signature } = await world.superuser.jointAct.findUniqueOrThrow({ where: { id } });
  await world.superuser.jointAct.update({ where: { id: act }, data: { body, signature } });
  assert.equal(await letters(world, mateo, act), 'campaign-over');
  assert.equal(await letters(world, mateo, id, { signs: { campaign: act } }), 'passkey-not-accepted', 'what is signed names the campaign');
  const roleless = await enrolled(world, person('tom'));
  assert.equal(await close(world, { ...roleless, key: mateo.key }, id), 'role-needed');
});

test('whom a campaign is about is said by the directory and the policy, and nobody approves one about nobody', async () => {
  assert.equal(await made(world, both, { unit: 'OU=Nowhere,DC=bank,DC=test' }), 'campaign-scope-unknown');
  assert.equal(await made(world, both, { unit: '', group: 'No-Such-Group' }), 'campaign-scope-unknown');
  assert.equal(await made(world, both, { group: 'CS-Auditors' }), 'campaign-nobody');
  assert.equal(await made(world, both, { until: new Date(Date.now() + 61 * 86_400_000).toISOString() }), 'campaign-until');
  assert.equal(await made(world, both, { until: new Date(Date.now() - 1000).toISOString() }), 'campaign-until');
  const gone = newcomer(world, 'uwe');
  world.directory.set(gone.guid, { ...gone, enabled: false });
  const vera = newcomer(world, 'vera');
  const id = await made(world, both, { whom: 'could-not-reset' });
  const names = await world.superuser.campaignPerson.findMany({ where: { campaignId: id } });
  assert.ok(names.some(({ accountGuid }) => accountGuid === vera.guid));
  assert.ok(!names.some(({ accountGuid }) => accountGuid === gone.guid), 'a disabled account gets no letter');
});

test('a campaign ends by its time with a leaf of its own, and the terminal says of each what became of its letters', async () => {
  const wanda = newcomer(world, 'wanda');
  const id = await made(world, both);
  assert.equal(await firstApp(wanda, await ticketOf(world, mateo, id, wanda)), 'done');
  assert.match((await lettersOf(world.superuser, id)).find((line) => line.startsWith('wanda')) ?? '', /^wanda +used \d{4}-.* OU=Tellers/);
  await world.superuser.campaign.update({ where: { id }, data: { until: new Date(Date.now() - 1000) } });
  await expireCampaigns(world.worker);
  await expireCampaigns(world.worker);
  const expired = (await leaves('campaign.expired')).filter(({ do: facts }) => facts['campaign'] === id);
  assert.deepEqual(
    expired.map(({ outcome }) => outcome),
    ['expired'],
    'once',
  );
  const line = (await campaigns(world.superuser)).find((one) => one.startsWith(id));
  assert.match(line ?? '', / expired +1 of \d+ +Tellers$/);
  await assert.rejects(
    lettersOf(world.superuser, 'tellers'),
    /There is no campaign "tellers"\. List them with: countersign enrol campaigns/,
  );
});
