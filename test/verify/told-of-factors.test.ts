import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { sendMail } from '#activities/mail/send-mail.ts';
import { codeFromBytes, RECOVERY_CODE_SYMBOLS } from '#domain/codes.ts';
import { messageInWords } from '#domain/message-words.ts';
import { isFactorChange } from '#domain/message.ts';
import { keyOf } from './keys.ts';
import { addApp, appsOf, change, newApp, ticketFor } from './own-factors.ts';
import { codeNow, enrolled, person, useVerifier, type Enrolled } from './world.ts';

/** Whoever's factors change is told, be it by their own hand, the help desk's or the operator's (NIST SP 800-63B-4 §4.6). */
const world = await useVerifier();
const officers = ['S-CS-Security-Officers'];
const quentin = await enrolled(world, person('quentin', { groups: officers }));
await allTold();

const waiting = () => world.superuser.factorTelling.findMany({ where: { doneAt: null }, orderBy: { askedAt: 'asc' } });

/** Tells of everything that waits, twice each, as a worker that lost the answer would; answers how many were told. */
async function allTold(): Promise<number> {
  let people = 0;
  for (const { id } of await world.superuser.factorTelling.findMany({ where: { doneAt: null } })) {
    for (const answer of await Promise.all([world.verifier.tell({ factors: id }), world.verifier.tell({ factors: id })]))
      if (answer.outcome === 'told') people += answer.people;
  }
  return people;
}

/** What was told since, by account name. */
async function toldTo(work: () => Promise<unknown>): Promise<string[]> {
  const before = new Set((await world.superuser.message.findMany({ select: { id: true } })).map(({ id }) => id));
  await work();
  await allTold();
  const names = new Map([...world.directory.values()].map((one) => [one.guid, one.samAccountName]));
  const rows = await world.superuser.message.findMany({ orderBy: { id: 'asc' } });
  return rows
    .filter(({ id }) => !before.has(id))
    .map(({ person: guid, outcome, toldBy }) => `${names.get(guid) ?? guid}: ${outcome} as ${toldBy.join(',')}`)
    .toSorted();
}
const appOf = async (who: { guid: string }) => (await appsOf(world, who)).find(({ endedAt }) => endedAt === null)?.id ?? '';
const done = async (deed: Promise<string>) => assert.equal(await deed, 'done');

test('each change of somebody’s factors is told to its holder, once, whoever made it', async () => {
  const rosa = person('rosa');
  world.directory.set(rosa.guid, rosa);
  const byTicket = async () => done(change(world, rosa, addApp(newApp()), { issuedCode: await ticketFor(world, 'rosa') }));
  assert.deepEqual(await toldTo(byTicket), ['rosa: app-added as holder']);

  let bilal: Enrolled | undefined;
  assert.deepEqual(
    await toldTo(async () => (bilal = await enrolled(world, person('bilal')))),
    ['bilal: app-added as holder'],
    'the operator',
  );
  assert.ok(bilal);
  const who = bilal;
  const sheet = Array.from({ length: 10 }, () => codeFromBytes(randomBytes(RECOVERY_CODE_SYMBOLS)));
  const code = (steps: number) => ({ code: codeNow(who, steps) });
  assert.deepEqual(await toldTo(() => done(change(world, who, { deed: 'recovery-codes', recoveryCodes: sheet }, code(0)))), [
    'bilal: codes-renewed as holder',
  ]);
  const replaces = await appOf(who);
  assert.deepEqual(await toldTo(() => done(change(world, who, addApp(newApp(), { replaces }), code(1)))), [
    'bilal: app-replaced as holder',
  ]);
  const app = await appOf(who);
  assert.deepEqual(await toldTo(() => done(change(world, who, { deed: 'freeze', factor: app }))), ['bilal: factor-frozen as holder']);
  const settle = async () =>
    done(change(world, who, { deed: 'settle', factor: app, theirs: false }, { issuedCode: await ticketFor(world, 'bilal') }));
  assert.deepEqual(await toldTo(settle), ['bilal: factor-removed as holder']);
  assert.deepEqual(await waiting(), []);
});

test('a key of somebody protected is told to the officers too, and to the holder at every account of theirs', async () => {
  const samir = await enrolled(world, person('samir', { protectedBy: 'Domain Admins', groups: ['S-CS-Approvers'] }), 9);
  const plain = person('samir.plain', { employeeId: samir.employeeId ?? '' });
  world.directory.set(plain.guid, plain);
  await allTold();
  assert.deepEqual(await toldTo(() => keyOf(world, samir)), [
    'quentin: key-added as security-officers',
    'samir.plain: key-added as holder',
    'samir: key-added as holder',
  ]);
  const read = await world.superuser.message.findFirstOrThrow({ where: { person: quentin.guid, outcome: 'key-added' } });
  assert.ok(isFactorChange(read.outcome));
  const { title, words } = messageInWords(read.outcome, read.account, read.toldBy);
  assert.equal(title, `A security key was added for ${samir.displayName}`);
  assert.match(words, /because you are a security officer/);
});

test('what was refused is told to nobody, and a new name of an app neither', async () => {
  const chen = await enrolled(world, person('chen'));
  await allTold();
  const refusedAndRenamed = async () => {
    assert.equal(await change(world, chen, addApp(newApp()), { code: '000000' }), 'factor-not-accepted');
    assert.equal(await change(world, chen, addApp(newApp())), 'factor-too-weak');
    await done(change(world, chen, { deed: 'rename', factor: await appOf(chen), name: 'the old phone' }, { code: codeNow(chen) }));
  };
  assert.deepEqual(await toldTo(refusedAndRenamed), []);
});

test('the leaf says whose factors and who was told by SID, in no reset, without a name; a mail that is given up says so too', async () => {
  world.deps.tellsByMail = true;
  const dina = await enrolled(world, person('dina', { mail: 'dina@bank.test', displayName: 'Dina Petrova' }));
  await allTold();
  world.deps.tellsByMail = false;
  const message = await world.superuser.message.findFirstOrThrow({ where: { person: dina.guid } });
  assert.deepEqual([message.resetId, message.mailState, message.mailTo], [null, 'waiting', 'dina@bank.test']);
  assert.deepEqual(await sendMail({ db: world.worker, relay: undefined }, { message: message.id }), { outcome: 'given-up' });
  const leaves = (await world.superuser.leaf.findMany({ where: { type: 'message.sent' }, orderBy: { seq: 'asc' } })).filter(({ body }) =>
    body.includes(message.id),
  );
  assert.deepEqual(
    leaves.map(({ resetId, outcome, reason, body }) => {
      const { target, do: facts } = JSON.parse(body) as { target: { guid: string }; do: { channel: string; to: { sid: string } } };
      return [resetId, target.guid, facts.to.sid, facts.channel, outcome, reason];
    }),
    [
      [null, dina.guid, dina.sid, 'console', 'failure', 'no-console-role'],
      [null, dina.guid, dina.sid, 'mail', 'failure', 'relay-away'],
    ],
  );
  assert.ok(leaves.every(({ body }) => !/Petrova|bank\.test/.test(body)));
});

test('neither the worker nor the API asks for a telling or takes one back', async () => {
  const row = { id: randomUUID(), accountGuid: quentin.guid, outcome: 'app-added' };
  for (const db of [world.worker, world.api]) {
    await assert.rejects(db.factorTelling.createMany({ data: [row] }), /permission denied|42501/);
    await assert.rejects(db.factorTelling.updateMany({ data: { doneAt: new Date() } }), /permission denied|42501/);
    await assert.rejects(db.factorTelling.deleteMany(), /permission denied|42501/);
  }
});
