import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSecretLine } from '#config';
import type { Session } from '#activities/directory/connect.ts';
import { newClient } from '#activities/directory/controller.ts';
import { encodePassword } from '#activities/directory/encode-password.ts';
import { readEffectiveRights } from '#activities/directory/health.ts';
import { setPassword } from '#activities/directory/set-password.ts';
import type { ServiceAccount } from '#ops/directory/names.ts';
import { people } from '#ops/demo/people.ts';
import { change, resultCode } from './change.ts';
import { ownDirectory } from './own-directory.ts';

const bank = await ownDirectory();
const denied = 50;

type Attempt = (session: Session, dn: string) => Promise<void>;
const replace =
  (type: string, value: string | Buffer): Attempt =>
  (session, dn) =>
    session.modify(dn, [change('replace', type, [value])]);

const granted: Record<string, Attempt> = {
  'a new password': replace('unicodePwd', encodePassword('Entirely-Other-77')),
  'an unlock': replace('lockoutTime', '0'),
  'a forced change': replace('pwdLastSet', '0'),
  'all three at once': (session, dn) =>
    session.modify(dn, [
      change('replace', 'unicodePwd', [encodePassword('Entirely-Other-78')]),
      change('replace', 'lockoutTime', ['0']),
      change('replace', 'pwdLastSet', ['-1']),
    ]),
};
const neverGranted: Record<string, Attempt> = {
  'a description': replace('description', 'changed'),
  'a manager': replace('manager', 'CN=Alice Moreau,OU=Staff,DC=bank,DC=test'),
  'an employee number': replace('employeeID', '9999'),
  'enabling or disabling': replace('userAccountControl', '512'),
  'a login name': replace('userPrincipalName', 'evil@bank.test'),
  'a service principal': replace('servicePrincipalName', 'http/evil'),
  'a card mapping': replace('altSecurityIdentities', 'X509:<SKI>00'),
  'a clear-text password': replace('userPassword', 'Entirely-Other-79'),
  delegation: replace('msDS-AllowedToActOnBehalfOfOtherIdentity', Buffer.from('00', 'hex')),
  'a telephone number': replace('mobile', '+000'),
};

const staff = ['alice.moreau', 'bilal.osman', 'lena.fischer'];
const privileged = ['rosa.klein', 'samir.khan', 'priya.menon-adm'];
const untouchable = ['Administrator', 'krbtgt', 'svc-reader', 'svc-writer-staff', 'svc-writer-privileged'];

const dnOf = async (account: string): Promise<string> =>
  account === 'krbtgt' ? 'CN=krbtgt,CN=Users,DC=bank,DC=test' : (await bank.account(account)).dn;

async function tryAs(service: ServiceAccount, attempt: Attempt, account: string): Promise<number> {
  const dn = await dnOf(account);
  return resultCode(bank.as(service).write((session) => attempt(session, dn)));
}

const cases: { service: ServiceAccount; may: string[]; mayNot: string[] }[] = [
  { service: 'reader', may: [], mayNot: [...staff, ...privileged, ...untouchable] },
  { service: 'writerStaff', may: staff, mayNot: [...privileged, ...untouchable] },
  { service: 'writerPrivileged', may: privileged, mayNot: [...staff, ...untouchable] },
];

for (const { service, may, mayNot } of cases) {
  for (const account of may) {
    test(`${service} may reset and unlock ${account}, and change nothing else of it`, async () => {
      for (const [what, attempt] of Object.entries(granted)) assert.equal(await tryAs(service, attempt, account), 0, what);
      for (const [what, attempt] of Object.entries(neverGranted)) assert.equal(await tryAs(service, attempt, account), denied, what);
    });
  }
  for (const account of mayNot) {
    test(`${service} may change nothing of ${account}`, async () => {
      for (const [what, attempt] of Object.entries({ ...granted, ...neverGranted }))
        assert.equal(await tryAs(service, attempt, account), denied, what);
    });
  }
  test(`${service} may not put anybody into a group, nor change a policy or a right`, async () => {
    const add =
      (type: string, value: string): Attempt =>
      (session, dn) =>
        session.modify(dn, [change('add', type, [value])]);
    const alice = await dnOf('alice.moreau');
    for (const group of [
      'CN=Domain Admins,CN=Users',
      'CN=CS-Security-Officers,OU=Groups',
      'CN=CS-Approvers,OU=Groups',
      'CN=Branch Staff,OU=Groups',
    ]) {
      assert.equal(
        await resultCode(bank.as(service).write((session) => add('member', alice)(session, `${group},DC=bank,DC=test`))),
        denied,
        group,
      );
    }
    const policy = 'CN=Treasury Passwords,CN=Password Settings Container,CN=System,DC=bank,DC=test';
    assert.equal(
      await resultCode(bank.as(service).write((session) => replace('msDS-MinimumPasswordLength', '1')(session, policy))),
      denied,
    );
    assert.equal(await resultCode(bank.as(service).write((session) => replace('minPwdLength', '1')(session, 'DC=bank,DC=test'))), denied);
  });
  test(`what ${service} may write can be read beforehand, for everybody`, async () => {
    for (const { account } of people) {
      const rights = await readEffectiveRights(bank.as(service), (await bank.account(account)).guid);
      const mine =
        may.length > 0 &&
        (await dnOf(account)).endsWith(service === 'writerStaff' ? 'OU=Staff,DC=bank,DC=test' : 'OU=Privileged,DC=bank,DC=test');
      assert.deepEqual(rights, mine ? ['lockoutTime', 'pwdLastSet'] : [], account);
    }
  });
  test(`${service} may write nothing of itself`, async () => {
    const dn = bank.install.serviceAccounts[service].dn;
    const { guid } = await bank.account(dn.slice(3, dn.indexOf(',')));
    assert.deepEqual(await readEffectiveRights(bank.as(service), guid), []);
  });
}

test('no service account may create, delete or rename anything', async () => {
  for (const service of ['reader', 'writerStaff', 'writerPrivileged'] as const) {
    const { dn, passwordFile } = bank.install.serviceAccounts[service];
    const client = newClient(bank.settings, bank.settings.controllers[0]!);
    await client.bind(dn, readSecretLine(passwordFile));
    for (const unit of ['OU=Staff', 'OU=Privileged', 'OU=Service Accounts', 'CN=Users']) {
      const made = `CN=Made By ${service},${unit},DC=bank,DC=test`;
      assert.equal(await resultCode(client.add(made, { objectClass: 'user', sAMAccountName: 'made' })), denied, made);
    }
    const alice = await dnOf('alice.moreau');
    assert.equal(await resultCode(client.del(alice)), denied);
    assert.equal(await resultCode(client.modifyDN(alice, 'CN=Alice Other')), denied);
    await client.unbind();
  }
});

test('nobody was changed by what was refused', async () => {
  assert.equal(await bank.says('rosa.klein', 'Entirely-Other-78'), 'ok', 'the privileged writer did its part');
  for (const account of ['goran.petrovic', 'tomas.vrba', 'jonas.berg'])
    assert.equal(await bank.says(account, bank.passwordOf(account)), 'ok', account);
});

test('the product\'s own write is refused as "denied" outside the writer\'s units', async () => {
  const rosa = await bank.account('rosa.klein');
  const alice = await bank.account('alice.moreau');
  const outcomes = [
    await setPassword(bank.as('writerStaff'), rosa.guid, 'Entirely-Other-80'),
    await setPassword(bank.as('writerPrivileged'), alice.guid, 'Entirely-Other-80'),
    await setPassword(bank.as('reader'), alice.guid, 'Entirely-Other-80'),
  ];
  assert.deepEqual(
    outcomes.map((one) => (one.outcome === 'refused' ? one.reason : one.outcome)),
    ['denied', 'denied', 'denied'],
  );
});
