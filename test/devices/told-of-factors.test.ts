import assert from 'node:assert/strict';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { Telling } from '../support/device-portal.ts';
import { labWithAgent } from '../support/lab-with-agent.ts';
import { patiently } from '../support/patiently.ts';

/** @alone SSSD takes itself for offline by time limits of its own. */
const { lab, laptop, portal, agent } = await labWithAgent();
const WORDS = 'An app that makes codes was added for you.';
const SERVICE = 'countersign-lab-login';
const told = `${process.execPath} --disable-warning=ExperimentalWarning ${new URL('../../device-agent/main.ts', import.meta.url).pathname} told`;
laptop.write(`/etc/pam.d/${SERVICE}`, `session optional pam_exec.so quiet stdout ${told}\nsession required pam_permit.so\n`);

async function telling(account: string, other: Partial<Telling> = {}): Promise<Telling> {
  const { guid, sid } = await lab.bank.account(account);
  const now = Date.now();
  return {
    notice: randomUUID(),
    device: portal.device(),
    account: { guid, sid, name: '\u001B[2Jroot' },
    verb: 'tell',
    change: 'app-added',
    changedAt: new Date(now).toISOString(),
    issuedAt: new Date(now).toISOString(),
    expiresAt: new Date(now + 86_400_000).toISOString(),
    ...other,
  };
}

/** Somebody who sits at a terminal of theirs: what it has shown. */
async function terminalOf(account: string): Promise<() => string> {
  const uid = (await laptop.must(['id', '-u', account])).trim();
  const there = ['setpriv', '--reuid', uid, '--clear-groups', 'script', '-q', '-c', 'tty; exec sleep 600', '/dev/null'];
  const program = laptop.start(there);
  let shown = '';
  program.stdout?.on('data', (chunk: Buffer) => (shown += chunk.toString('latin1')));
  await patiently(async () => assert.match(shown, /\/dev\/pts\/\d+/));
  return () => shown;
}

/** Somebody logs in: what PAM tells them. */
async function login(account: string, terminal: string): Promise<string> {
  return laptop.must(['pamtester', '-I', `tty=${terminal}`, SERVICE, account, 'open_session']);
}

const knowing = (account: string) =>
  patiently(async () => assert.equal(await laptop.login(account, lab.bank.passwordOf(account)), 'online'), 180);

test('a change is written to the terminals of the person, to nobody else’s, once, in words that no terminal obeys', async () => {
  for (const account of ['alice.moreau', 'bilal.osman']) await knowing(account);
  const [hers, alsoHers, his] = [await terminalOf('alice.moreau'), await terminalOf('alice.moreau'), await terminalOf('bilal.osman')];
  const notice = await telling('alice.moreau');
  portal.tell(notice);
  await portal.said(notice.notice, 'shown');
  for (const shown of [hers, alsoHers]) await patiently(async () => assert.ok(shown().includes(WORDS), shown()));
  assert.doesNotMatch(hers(), /[^\r\n\u0020-\u007E]/);
  assert.doesNotMatch(hers(), /root/);
  const answers = portal.acks.length;
  await patiently(async () => {
    portal.shout(notice.notice, portal.signed(notice));
    assert.ok(portal.acks.length > answers, 'it says again what it said');
  });
  const odd = await telling('alice.moreau', { change: 'face-added' });
  portal.tell(odd);
  await portal.said(odd.notice, 'shown');
  await patiently(async () => assert.ok(hers().includes('Something that you sign in with was changed.')));
  assert.equal(hers().split(WORDS).length, 2, 'it was told once');
  assert.doesNotMatch(his(), /Countersign/);
  assert.deepEqual(portal.stages(notice.notice), ['received', 'shown']);
});

test('for somebody who is not there it lies ready, over a restart, and is shown at their login at this computer, and at nobody else’s', async () => {
  await knowing('goran.petrovic');
  const notice = await telling('goran.petrovic', { change: 'key-added' });
  portal.tell(notice);
  assert.equal((await portal.said(notice.notice, 'not-shown')).reason, 'nobody-logged-in');
  await agent.kill();
  await agent.start();
  for (const [account, terminal] of [
    ['bilal.osman', '/dev/tty1'],
    ['goran.petrovic', 'ssh'],
  ] as const)
    assert.doesNotMatch(await login(account, terminal), /Countersign/);
  assert.match(await login('goran.petrovic', '/dev/tty1'), /A security key was added for you\./);
  assert.doesNotMatch(await login('goran.petrovic', '/dev/tty1'), /Countersign/);
  await portal.said(notice.notice, 'shown');
  assert.deepEqual(portal.stages(notice.notice), ['received', 'not-shown', 'shown']);
  assert.equal((await laptop.must(['find', '/var/lib/countersign-device/told', '-type', 'f'])).trim(), '');
});

test('what was forged, is another device’s, is too late, or is of nobody here, is shown to nobody', async () => {
  const hers = await terminalOf('alice.moreau');
  const before = hers();
  const refused = (data: string, id: string): Promise<string | null> => portal.refusal(id, data);
  const forged = await telling('alice.moreau');
  assert.equal(await refused(portal.signed(forged, generateKeyPairSync('ed25519').privateKey), forged.notice), 'bad-signature');
  const elsewhere = await telling('alice.moreau', { device: randomUUID() });
  assert.equal(await refused(portal.signed(elsewhere), elsewhere.notice), 'wrong-device');
  const late = await telling('alice.moreau', { expiresAt: new Date(Date.now() - 5000).toISOString() });
  assert.equal(await refused(portal.signed(late), late.notice), 'expired');
  const hostile = await telling('alice.moreau', { change: '\u001B]0;x\u0007' });
  assert.equal(await refused(portal.signed(hostile), hostile.notice), 'malformed');
  const stranger = await telling('fatima.noor');
  portal.tell(stranger);
  await portal.said(stranger.notice, 'nothing-cached');
  assert.equal(hers(), before);
});
