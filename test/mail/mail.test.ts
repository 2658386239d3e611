import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { failureType } from '#activities/closed-failures.ts';
import { sendMail } from '#activities/mail/send-mail.ts';
import { RelayUnavailable, sendThrough, tryRelay, type Relay } from '#activities/mail/relay.ts';
import { mailInWords, plainAddress } from '#domain/message-words.ts';
import { MESSAGE_OUTCOMES } from '#domain/message.ts';
import { anAuthority } from '#test/support/certificates.ts';
import { codeNow, enrolled, factor, identified, person, prove, useVerifier } from '../verify/world.ts';
import { aRelay, type TestRelay } from './a-relay.ts';

const world = await useVerifier();
world.deps.tellsByMail = true;
const folder = mkdtempSync(join(tmpdir(), 'relay-'));
after(() => rmSync(folder, { recursive: true }));
const authority = await anAuthority(folder, 'bank-ca');
const stranger = await anAuthority(folder, 'other-ca');
const certificate = await authority.issue('localhost');

const relayAt = ({ port }: Pick<TestRelay, 'port'>, more: Partial<Relay> = {}): Relay => ({
  host: 'localhost',
  port,
  tls: 'starttls',
  caPem: readFileSync(authority.ca, 'utf8'),
  from: 'countersign@bank.test',
  ...more,
});
const mail = () => ({ id: randomUUID(), to: 'ada@bank.test', subject: 'About your password', text: 'Your password was changed.' });

async function withRelay<T>(how: Parameters<typeof aRelay>[1], work: (relay: TestRelay) => Promise<T>, by = certificate): Promise<T> {
  const relay = await aRelay(by, how);
  try {
    return await work(relay);
  } finally {
    await relay.close();
  }
}

/** Whoever asks for a mail to be sent as the worker does. */
const send = (relay: Relay | undefined, message: string) => sendMail({ db: world.worker, relay }, { message });

/** An ordinary reset that ended with a change, told of; answers its messages. */
async function told(...mails: (string | undefined)[]) {
  const manager = await enrolled(world, person(`m${randomUUID().slice(0, 8)}`, { mail: mails[1], groups: ['S-CS-Approvers'] }));
  const holder = await enrolled(
    world,
    person(`h${randomUUID().slice(0, 8)}`, { mail: mails[0], managerGuid: manager.guid, displayName: 'Ada\r\nBcc: evil@evil.test' }),
  );
  const reset = await identified(world, holder.samAccountName);
  await prove(world, reset, holder.recoveryCodes[0] ?? '');
  await factor(world, reset, codeNow(holder));
  await world.superuser.reset.update({ where: { id: reset.reset }, data: { runId: reset.run, state: 'done' } });
  const claim = { digest: 'x', pwdLastSetBefore: '1', controller: 'dc1', accountGuid: holder.guid, ordinal: 1, state: 'verified' };
  await world.superuser.writeClaim.create({ data: { ...claim, resetId: reset.reset } });
  for (let again = 0; again < 2; again++) await world.verifier.tell({ reset: reset.reset, moment: 'ended' });
  const of = (guid: string) => world.superuser.message.findFirstOrThrow({ where: { resetId: reset.reset, person: guid } });
  return { reset: reset.reset, holder: await of(holder.guid), manager: await of(manager.guid) };
}

const mailLeaves = async (reset: string) =>
  (await world.superuser.leaf.findMany({ where: { resetId: reset, type: 'message.sent' }, orderBy: { seq: 'asc' } }))
    .map(({ outcome, reason, body }) => ({ outcome, reason, body }))
    .filter(({ body }) => body.includes('"channel":"mail"'));

test('a mail goes over STARTTLS or TLS from the first byte, with credentials, and through no relay that is not the one', async () => {
  for (const tls of ['starttls', 'implicit'] as const)
    await withRelay({ tls, credentials: { name: 'countersign', password: 'Relay-1' } }, async (relay) => {
      const good = relayAt(relay, { tls, credentials: { name: 'countersign', password: () => 'Relay-1' } });
      await tryRelay(good);
      assert.equal(await sendThrough(good, mail()), 'accepted');
      const wrong = { ...good, credentials: { name: 'countersign', password: () => 'Relay-2' } };
      await assert.rejects(sendThrough(wrong, mail()), RelayUnavailable);
      await assert.rejects(
        sendThrough({ ...good, caPem: readFileSync(stranger.ca, 'utf8') }, mail()),
        RelayUnavailable,
        'another authority',
      );
      assert.equal(relay.arrived.length, 1);
    });
  await withRelay({ tls: 'none' }, async (relay) => {
    await assert.rejects(sendThrough(relayAt(relay), mail()), RelayUnavailable, 'nothing is said in clear');
    assert.equal(relay.arrived.length, 0);
  });
  const other = await authority.issue('relay.other.test');
  await withRelay(
    { tls: 'starttls' },
    async (relay) => {
      await assert.rejects(sendThrough(relayAt(relay), mail()), RelayUnavailable, 'a certificate for another name');
      await assert.rejects(tryRelay(relayAt(relay)), RelayUnavailable);
      assert.equal(relay.arrived.length, 0);
    },
    other,
  );
});

test('a relay that is away for a while gets each mail once when it is back, and its address is kept no longer', async () => {
  const first = await aRelay(certificate, { tls: 'starttls' });
  const relay = relayAt(first);
  await first.close();
  const { reset, holder, manager } = await told('ada@bank.test', 'ines@bank.test');
  assert.deepEqual([holder.mailState, holder.mailTo], ['waiting', 'ada@bank.test']);
  for (let again = 0; again < 2; again++)
    await assert.rejects(send(relay, holder.id), (error) => failureType(error) === 'RelayUnavailable');
  assert.deepEqual(await mailLeaves(reset), []);

  const back = await aRelay(certificate, { tls: 'starttls', port: first.port });
  try {
    for (const { id } of [holder, manager, holder]) await send(relay, id);
    assert.deepEqual((await send(relay, holder.id)).outcome, 'nothing');
    assert.deepEqual(
      back.arrived.map(({ to }) => to),
      [['ada@bank.test'], ['ines@bank.test']],
    );
  } finally {
    await back.close();
  }
  const after = await world.superuser.message.findMany({ where: { resetId: reset } });
  assert.deepEqual(
    after.map(({ mailState, mailTo }) => [mailState, mailTo]),
    [
      ['sent', null],
      ['sent', null],
    ],
  );
  const leaves = await mailLeaves(reset);
  assert.deepEqual(
    leaves.map(({ outcome }) => outcome),
    ['success', 'success'],
  );
  assert.ok(
    leaves.every(({ body }) => !body.includes('bank.test') && body.includes('S-1-5-21')),
    'by SID, without the address',
  );
});

test('a mail that is sent again after a crash is the same mail', async () => {
  const { holder } = await told('ada@bank.test');
  await withRelay({ tls: 'starttls' }, async (relay) => {
    await send(relayAt(relay), holder.id);
    // As if the worker had died between the relay's answer and the row.
    await world.superuser.message.update({ where: { id: holder.id }, data: { mailState: 'waiting', mailTo: 'ada@bank.test' } });
    await send(relayAt(relay), holder.id);
    const ids = relay.arrived.map(({ text }) => /^Message-ID: (.*)$/m.exec(text)?.[1]?.trim());
    assert.deepEqual(ids, [`<${holder.id}@bank.test>`, `<${holder.id}@bank.test>`]);
  });
});

test('what the relay refuses for good is not tried again, what it puts off is, and after a week nobody waits', async () => {
  const { reset, holder } = await told('gone@bank.test');
  await withRelay({ tls: 'starttls' }, async (relay) => {
    relay.refuses.set('gone@bank.test', 451);
    await assert.rejects(send(relayAt(relay), holder.id), RelayUnavailable);
    relay.refuses.set('gone@bank.test', 550);
    assert.deepEqual(await send(relayAt(relay), holder.id), { outcome: 'refused' });
    assert.deepEqual(await send(relayAt(relay), holder.id), { outcome: 'nothing' });
  });
  assert.deepEqual((await mailLeaves(reset)).map(({ outcome, reason }) => [outcome, reason]).at(-1), ['failure', 'relay-refused']);

  const late = await told('late@bank.test');
  await world.superuser.message.update({ where: { id: late.holder.id }, data: { at: new Date(Date.now() - 8 * 86_400_000) } });
  const nobody = await aRelay(certificate, { tls: 'starttls' });
  await nobody.close();
  assert.deepEqual(await send(relayAt(nobody), late.holder.id), { outcome: 'given-up' });
  assert.equal((await world.superuser.message.findUniqueOrThrow({ where: { id: late.holder.id } })).mailTo, null);
});

test('a person without a plain address is told in the console, and the log says that no mail went', async () => {
  for (const none of [undefined, '', 'Ada <ada@bank.test>', 'ada@bank.test, eve@evil.test', 'ada@bank.test\r\nBcc: eve@evil.test']) {
    const { reset, holder } = await told(none);
    assert.deepEqual([holder.mailState, holder.mailTo], [null, null]);
    const [leaf] = await mailLeaves(reset);
    assert.deepEqual([leaf?.outcome, leaf?.reason], ['failure', 'no-address']);
  }
});

test('nobody gets two mails: who is told at two accounts with one address gets one', async () => {
  const { holder, manager } = await told('one@bank.test', 'One@bank.test');
  assert.deepEqual([holder.mailState, manager.mailState], ['waiting', null]);
});

test('a mail has our own head whatever the directory says, and nothing that helps whoever should not read it', async () => {
  const { holder } = await told('ada@bank.test');
  await withRelay({ tls: 'starttls' }, async (relay) => {
    await send(relayAt(relay), holder.id);
    const [arrived] = relay.arrived;
    assert.ok(arrived);
    assert.deepEqual([arrived.from, arrived.to], ['countersign@bank.test', ['ada@bank.test']]);
    const head = arrived.text.slice(0, arrived.text.indexOf('\r\n\r\n'));
    assert.deepEqual(
      head.match(/^[A-Za-z-]+(?=:)/gm)?.toSorted(),
      ['Auto-Submitted', 'Content-Transfer-Encoding', 'Content-Type', 'Date', 'From', 'MIME-Version', 'Message-ID', 'Subject', 'To'],
      'a name with a line break in it made no line of the head',
    );
    assert.doesNotMatch(arrived.text, /https?:|href|[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}/);
  });
  for (const outcome of MESSAGE_OUTCOMES)
    for (const by of [['holder'], ['manager']]) {
      const { subject, text } = mailInWords(outcome, 'Ada Lin', by);
      assert.doesNotMatch(subject, /Ada/, 'the subject is shown on locked screens');
      assert.match(text, /Ada Lin[^]*asks you for nothing/);
    }
  assert.equal(plainAddress(' ada.lin+x@mail.bank.test '), 'ada.lin+x@mail.bank.test');
});
