import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Attribute, Change } from 'ldapts';
import { readComputer } from '#activities/directory/computer-account.ts';
import { vouchesFor } from '#activities/verify/computer-certificate.ts';
import { computerFault, isFresh } from '#domain/computer-account.ts';
import { agentOn, STATE } from '../support/agent-on-device.ts';
import { deviceLab } from '../support/device-lab.ts';
import { noticeOf } from '../support/device-notice.ts';
import { devicePortal } from '../support/device-portal.ts';
import { patiently } from '../support/patiently.ts';

/** @alone SSSD takes itself for offline by time limits of its own. */
const lab = await deviceLab(['laptop-1']);
const [laptop] = lab.devices;
assert.ok(laptop);
const portal = await devicePortal(lab.ours, lab.ca);
after(() => portal.stop());
const agent = agentOn(laptop, portal, lab.ca.certPem);
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
