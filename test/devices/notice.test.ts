import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, test } from 'node:test';
import { Attribute, Change } from 'ldapts';
import { readComputer } from '#activities/directory/computer-account.ts';
import { vouchesFor } from '#activities/verify/computer-certificate.ts';
import { computerFault, isFresh } from '#domain/computer-account.ts';
import { createHashSealer } from '#activities/write/hash-sealer.ts';
import { sha512Crypt } from '#activities/write/sha512-crypt.ts';
import { agentOn, STATE } from '../support/agent-on-device.ts';
import { deviceLab } from '../support/device-lab.ts';
import { noticeOf } from '../support/device-notice.ts';
import { devicePortal } from '../support/device-portal.ts';
import { patiently } from '../support/patiently.ts';
import { carriedAs, digestOf } from '../support/sealed-hash.ts';

/** @alone SSSD takes itself for offline by time limits of its own. */
const lab = await deviceLab(['laptop-1']);
const [laptop] = lab.devices;
assert.ok(laptop);
const portal = await devicePortal(lab.ours, lab.ca);
after(() => portal.stop());
const writer = generateKeyPairSync('ec', { namedCurve: 'P-256' });
portal.writerKeys.push(writer.publicKey.export({ type: 'spki', format: 'der' }).toString('base64'));
const agent = agentOn(laptop, portal, lab.ca.certPem, undefined, { sealedHash: true });
const OLD = lab.bank.passwordOf('alice.moreau');
const NEW = 'Harbour-Lantern-41';
const reader = lab.bank.as('reader');
/** ACCOUNTDISABLE and WORKSTATION_TRUST_ACCOUNT (MS-ADTS 2.2.16). */
const disabled = new Change({ operation: 'replace', modification: new Attribute({ type: 'userAccountControl', values: ['4098'] }) });

test('a device is enrolled with a ticket, once', async () => {
  const refused = await agent.verb('enrol', 'AAAA-AAAA-AAAA-AAAA');
  assert.equal(refused.stderr, 'The portal refused: device-ticket-refused.\n');
  const ticket = portal.ticket();
  const enrolled = await agent.verb('enrol', ticket);
  assert.equal(enrolled.stdout, 'laptop-1.bank.test is enrolled.\n', enrolled.stderr);
  assert.notEqual((await agent.verb('enrol', ticket)).code, 0);
  assert.equal(await laptop.must(['stat', '-c', '%a', `${STATE}/key.pem`]), '600\n');
});

test('a device enrols without a ticket as the computer that it is: the controller shows its key in its account meanwhile, and nothing afterwards', async () => {
  const seen: boolean[] = [];
  portal.onComputer = async ({ computer, name, key }) => {
    const account = await readComputer(reader, computer);
    assert.ok(account);
    assert.deepEqual([computer, computerFault([account], name)], ['LAPTOP-1$', undefined]);
    assert.equal(account.certificates.length, 1);
    seen.push(vouchesFor(account.certificates, key, { hostName: name, clock: account.clock }), isFresh(account));
    assert.equal(vouchesFor(account.certificates, Buffer.from('another key'), { hostName: name, clock: account.clock }), false);
    return undefined;
  };
  const enrolled = await agent.verb('enrol-as-computer');
  assert.equal(enrolled.stdout, 'laptop-1.bank.test is enrolled.\n', enrolled.stderr);
  assert.deepEqual(seen, [true, true]);
  assert.deepEqual((await readComputer(reader, 'LAPTOP-1$'))?.certificates, []);

  portal.onComputer = async () => 'device-known-before';
  const refused = await agent.verb('enrol-as-computer');
  assert.deepEqual([refused.code, refused.stderr], [1, 'The portal refused: device-known-before.\n']);
  assert.deepEqual((await readComputer(reader, 'LAPTOP-1$'))?.certificates, [], 'nothing is left of a refused one either');
});

test('nobody but the computer writes there: no person, and no other computer; a controller and a person are told from it, and who is disabled too', async () => {
  const tried = (file: string) =>
    laptop.run(['sh', '-c', `KRB5CCNAME=FILE:/root/${file} ldapmodify -Q -Y GSSAPI -N -H ldap://dc1.bank.test`], {
      input: 'dn: CN=LAPTOP-1,CN=Computers,DC=bank,DC=test\nchangetype: modify\nadd: userCertificate\nuserCertificate:: aGVsbG8=\n',
    });
  const joined = ['--computer-name=OTHER-1', '--host-fqdn=other-1.bank.test', '--host-keytab=/root/other.keytab'];
  const join = [
    'adcli',
    'join',
    '--domain=bank.test',
    '--domain-controller=dc1.bank.test',
    '--login-user=Administrator',
    '--stdin-password',
  ];
  await laptop.must([...join, ...joined], { input: lab.administrator });
  await laptop.must(['kinit', '-k', '-t', '/root/other.keytab', '-c', 'FILE:/root/other', 'OTHER-1$@BANK.TEST']);
  await laptop.must(['kinit', '-c', 'FILE:/root/person', 'bilal.osman@BANK.TEST'], { input: lab.bank.passwordOf('bilal.osman') });
  for (const who of ['other', 'person']) {
    const { code, stderr } = await tried(who);
    assert.equal(code, 50, stderr);
  }
  const kind = async (name: string) => (await readComputer(reader, name))?.kind;
  assert.deepEqual([await kind('OTHER-1$'), await kind('DC1$'), await kind('bilal.osman')], ['member', 'controller', 'other']);
  assert.equal(await readComputer(reader, 'NOWHERE$'), undefined);
  assert.equal((await readComputer(reader, 'OTHER-1$'))?.enabled, true);
  await lab.bank.as('administrator').write((session) => session.modify('CN=OTHER-1,CN=Computers,DC=bank,DC=test', [disabled]));
  assert.equal((await readComputer(reader, 'OTHER-1$'))?.enabled, false);
});

test('made while the cable was out, a reset reaches the device with the cable: OLD is refused, and NEW accepted after one login online', async () => {
  await agent.start();
  await patiently(async () => assert.equal(await laptop.login('alice.moreau', OLD), 'online'), 180);
  laptop.plug(false);
  const writtenAt = await lab.reset('alice.moreau', NEW);
  const notice = await noticeOf(lab, { device: portal.device(), account: 'alice.moreau', writtenAt });
  portal.tell(notice);
  assert.equal(await laptop.login('alice.moreau', OLD), 'from-cache');
  laptop.plug(true);
  const invalidated = await portal.said(notice.notice, 'invalidated');
  assert.equal(invalidated.controllerReachable, true);
  laptop.plug(false);
  assert.equal(await laptop.login('alice.moreau', OLD), 'refused');
  assert.equal(await laptop.login('alice.moreau', NEW), 'refused');
  laptop.plug(true);
  await patiently(async () => assert.equal(await laptop.login('alice.moreau', NEW), 'online'), 180);
  const { lastOnlineAuth } = await portal.said(notice.notice, 'refreshed');
  assert.ok(Date.parse(lastOnlineAuth ?? '') + 1000 > writtenAt.getTime());
  laptop.plug(false);
  assert.equal(await laptop.login('alice.moreau', OLD), 'refused');
  assert.equal(await laptop.login('alice.moreau', NEW), 'from-cache');
  assert.deepEqual(portal.stages(notice.notice), ['received', 'invalidated', 'refreshed']);
});

/** A reset of hers to this password while no controller is reached from the laptop, and a hash of it that this writer sealed to the laptop. */
async function resetAway(password: string, by = writer.privateKey): Promise<string> {
  const sealingKey = await patiently(async () => {
    const newest = portal.reports.at(-1);
    assert.equal(newest?.accounts[0]?.name, 'alice.moreau');
    return newest.sealingKey ?? assert.fail('the report shows no key');
  });
  const writtenAt = await lab.reset('alice.moreau', password);
  const plain = await noticeOf(lab, { device: portal.device(), account: 'alice.moreau', writtenAt });
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
  const sealer = await createHashSealer(by.export({ type: 'pkcs8', format: 'pem' }).toString());
  const hash = await sha512Crypt(Buffer.from(password), 'saltstringsaltst', 100_000);
  const context = { reset: plain.reset, device: plain.device, sid: plain.account.sid, expiresAt };
  const sealed = await sealer.seal(new Uint8Array(Buffer.from(sealingKey, 'base64')), context, hash);
  const notice = {
    ...plain,
    verb: 'sealed-hash' as const,
    sealedHash: { sha256: digestOf(sealed), expiresAt, otherwise: 'invalidate' as const },
  };
  portal.tell(notice, carriedAs(sealed));
  return plain.notice;
}

test('with a sealed hash the new password is taken at once where no controller is reached, and the old one is not', async () => {
  const ANOTHER = 'Quarry-Thistle-58';
  laptop.plug(true);
  await laptop.vpn(false);
  assert.equal(await laptop.login('alice.moreau', NEW), 'from-cache', 'the control');
  const notice = await resetAway(ANOTHER);
  const replaced = await portal.said(notice, 'replaced');
  assert.deepEqual([replaced.controllerReachable, replaced.reason], [false, null]);
  assert.equal(await laptop.login('alice.moreau', NEW), 'refused');
  assert.equal(await laptop.login('alice.moreau', ANOTHER), 'from-cache', 'though it was never typed here');
  await laptop.vpn(true);
  await patiently(async () => assert.equal(await laptop.login('alice.moreau', ANOTHER), 'online'), 180);
  await portal.said(notice, 'refreshed');
  assert.deepEqual(portal.stages(notice), ['received', 'replaced', 'refreshed']);
  const said = JSON.stringify([agent.log(), laptop.read(`${STATE}/memory.json`), portal.acks, portal.reports]);
  assert.ok(!said.includes('rounds='), 'the hash is in no file of the agent and in nothing that it says');
});

test('a hash that another writer sealed is taken for none: the old password is taken away, and nobody let in', async () => {
  const FORGED = 'Meadow-Anvil-73';
  const before = (await laptop.cached('alice.moreau'))['lastCachedPasswordChange'];
  await patiently(async () => assert.equal(portal.reports.at(-1)?.accounts[0]?.cachedAt, new Date(Number(before) * 1000).toISOString()));
  await laptop.vpn(false);
  const notice = await resetAway(FORGED, generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
  const said = await portal.said(notice, 'invalidated');
  assert.equal(said.reason, 'sealed-hash-refused');
  assert.equal((await laptop.cached('alice.moreau'))['cachedPassword'], undefined);
  for (const password of ['Quarry-Thistle-58', FORGED]) assert.equal(await laptop.login('alice.moreau', password), 'refused');
});
