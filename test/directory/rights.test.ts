import assert, { AssertionError } from 'node:assert/strict';
import { after, test } from 'node:test';
import { readSecretLine } from '#config';
import { newClient } from '#activities/directory/controller.ts';
import { DescriptorControl } from '#activities/directory/descriptor-control.ts';
import { encodePassword } from '#activities/directory/encode-password.ts';
import { readAccount } from '#activities/directory/find-account.ts';
import { rightsHeld } from '#activities/directory/rights-held.ts';
import { setPassword } from '#activities/directory/set-password.ts';
import { whyNotWrite } from '#domain/write-conditions.ts';
import { honest } from '#test/rules/honest-write.ts';
import { makeAccount, resultCode } from './change.ts';
import {
  adding,
  changingPassword,
  deleting,
  itself,
  making,
  moving,
  replacing,
  replicating,
  rewritingRights,
  seeing,
  type As,
  type Attempt,
} from './operations.ts';
import { ownDirectory } from './own-directory.ts';

const bank = await ownDirectory();
const base = 'DC=bank,DC=test';
const staff = `OU=Staff,${base}`;
const privileged = `OU=Privileged,${base}`;
const victim = (name: string) => `CN=Victim ${name},${staff}`;
const [alice, bilal, rosa, goran] = (await Promise.all(
  ['alice.moreau', 'bilal.osman', 'rosa.klein', 'goran.petrovic'].map(async (name) => (await bank.account(name)).dn),
)) as [string, string, string, string];
const { serviceAccounts } = bank.install;
const domainAdmins = `CN=Domain Admins,CN=Users,${base}`;
const builtIn = `CN=Administrator,CN=Users,${base}`;
const krbtgt = `CN=krbtgt,CN=Users,${base}`;
const approvers = `CN=CS-Approvers,OU=Groups,${base}`;
const computer = `CN=Victim Computer,CN=Computers,${base}`;
const strictPolicy = `CN=Treasury Passwords,CN=Password Settings Container,CN=System,${base}`;
const holder = `CN=AdminSDHolder,CN=System,${base}`;

/** R reader, S writer-staff, P writer-privileged, E an employee, A whoever did not sign in. */
const columns = ['R', 'S', 'P', 'E', 'A'] as const;
const first = bank.passwordOf('goran.petrovic');
const people: Record<(typeof columns)[number], As> = {
  R: await signedIn(serviceAccounts.reader.dn, readSecretLine(serviceAccounts.reader.passwordFile)),
  S: await signedIn(serviceAccounts.writerStaff.dn, readSecretLine(serviceAccounts.writerStaff.passwordFile)),
  P: await signedIn(serviceAccounts.writerPrivileged.dn, readSecretLine(serviceAccounts.writerPrivileged.passwordFile)),
  E: await signedIn(goran, first),
  // Tries its hand at the employee's account where everybody else does at their own.
  A: { client: newClient(bank.settings, bank.settings.controllers[0]!), own: goran },
};
const admin = await signedIn(bank.install.administrator.dn, readSecretLine(bank.install.administrator.passwordFile));
after(() => Promise.all([...Object.values(people), admin].map(({ client }) => client.unbind())));

async function signedIn(dn: string, password: string): Promise<As> {
  const client = newClient(bank.settings, bank.settings.controllers[0]!);
  await client.bind(dn, password);
  return { client, own: dn };
}

for (const name of ['Delete', 'Move', 'Rename', 'Member', 'Admin'])
  await makeAccount(admin.client, victim(name), `victim.${name.toLowerCase()}`, 'Victim-Password-1');
await admin.client.add(computer, { objectClass: 'computer', sAMAccountName: 'VICTIM$', userAccountControl: '4096' });
await adding(domainAdmins, 'member', victim('Admin'))(admin);
await replacing(computer, 'msTPM-OwnerInformation', 'a secret of the machine')(admin);
const listOf = async (dn: string): Promise<Buffer> => {
  const attributes = ['nTSecurityDescriptor'];
  const { searchEntries } = await admin.client.search(dn, { scope: 'base', attributes, explicitBufferAttributes: attributes }, [
    new DescriptorControl(),
  ]);
  return searchEntries[0]!['nTSecurityDescriptor'] as Buffer;
};
const listOfAlice = await listOf(alice);
const listOfHolder = await listOf(holder);
const password = encodePassword('Entirely-Other-77');
const certificate = Buffer.from('3003020101', 'hex');
const ourCheck = 'Samba lets it. The writer reads adminCount, SID and all groups of the account and refuses: domain/write-conditions.ts';
const bySelf = 'Active Directory lets everybody write this of themselves; what Countersign believes of a person is never read there';

type Row = [operation: string, attempt: Attempt, may: string, standsIn?: string];
/** Who may do what, tried as each of them and then as the administrator, who may do all of it: so a no is never a slip of the attempt. */
const table: Row[] = [
  ['set the password of somebody in OU Staff', replacing(alice, 'unicodePwd', password), '- S - - -'],
  ['set the password of somebody in a unit below', replacing(bilal, 'unicodePwd', password), '- S - - -'],
  ['set the password of somebody in OU Privileged', replacing(rosa, 'unicodePwd', password), '- - P - -'],
  ['set the password of a Domain Admin in OU Staff', replacing(victim('Admin'), 'unicodePwd', password), '- S - - -', ourCheck],
  ['set the password of the built-in Administrator', replacing(builtIn, 'unicodePwd', password), '- - - - -'],
  ['set the password of krbtgt', replacing(krbtgt, 'unicodePwd', password), '- - - - -'],
  ['set the password of a computer', replacing(computer, 'unicodePwd', password), '- - - - -'],
  ['set its own password without the old one', replacing(itself, 'unicodePwd', password), '- - - - -'],
  ['end a lockout in OU Staff', replacing(alice, 'lockoutTime', '0'), '- S - - -'],
  ['end a lockout in OU Privileged', replacing(rosa, 'lockoutTime', '0'), '- - P - -'],
  ['end a lockout of a Domain Admin in OU Staff', replacing(victim('Admin'), 'lockoutTime', '0'), '- S - - -', ourCheck],
  ['make somebody choose a password at the next sign-in', replacing(alice, 'pwdLastSet', '0'), '- - - - -'],
  ['write a password into userPassword, where everybody reads it', replacing(alice, 'userPassword', 'Entirely-Other-78'), '- - - - -'],
  ['disable an account', replacing(bilal, 'userAccountControl', '514'), '- - - - -'],
  ['enable an account', replacing(bilal, 'userAccountControl', '512'), '- - - - -'],
  ['change a description', replacing(alice, 'description', 'changed'), '- - - - -'],
  ['change a manager', replacing(alice, 'manager', rosa), '- - - - -'],
  ['change an employee number', replacing(alice, 'employeeID', '9999'), '- - - - -'],
  ['change a mail address', replacing(alice, 'mail', 'evil@bank.test'), '- - - - -'],
  ['change a login name', replacing(alice, 'userPrincipalName', 'evil@bank.test'), '- - - - -'],
  ['change their own telephone number', replacing(itself, 'mobile', '+000'), '- - - E -', bySelf],
  ["change somebody else's telephone number", replacing(alice, 'mobile', '+000'), '- - - - -'],
  ['map a card to somebody', replacing(alice, 'altSecurityIdentities', 'X509:<SKI>00'), '- - - - -'],
  ['map a card to oneself', replacing(itself, 'altSecurityIdentities', 'X509:<SKI>01'), '- - - - -'],
  ['add a service principal name', replacing(alice, 'servicePrincipalName', 'http/evil'), '- - - - -'],
  ['put a certificate on their own account', replacing(itself, 'userCertificate', certificate), '- - - E -', bySelf],
  ['let a computer act for others', replacing(computer, 'msDS-AllowedToDelegateTo', 'cifs/dc1.bank.test'), '- - - - -'],
  ['put somebody into Domain Admins', adding(domainAdmins, 'member', victim('Member')), '- - - - -'],
  ['put oneself into a group of Countersign', adding(approvers, 'member', itself), '- - - - -'],
  ['change who may do what to an account', rewritingRights(alice, () => listOfAlice), '- - - - -'],
  ['change what Windows stamps over protected accounts', rewritingRights(holder, () => listOfHolder), '- - - - -'],
  ['make an account', making(`CN=Made,${staff}`, 'user'), '- - - - -'],
  ['make a group', making(`CN=Made Group,${staff}`, 'group'), '- - - - -'],
  ['make a unit', making(`OU=Made Unit,${base}`, 'organizationalUnit'), '- - - - -'],
  ['delete an account', deleting(victim('Delete')), '- - - - -'],
  ['move an account to another unit', moving(victim('Move'), `CN=Victim Move,${privileged}`), '- - - - -'],
  ['rename an account', moving(victim('Rename'), `CN=Victim Renamed,${staff}`), '- - - - -'],
  ['change the password policy of the domain', replacing(base, 'minPwdLength', '8'), '- - - - -'],
  ['change a fine-grained password policy', replacing(strictPolicy, 'msDS-MinimumPasswordLength', '14'), '- - - - -'],
  ['read whether somebody is locked out', seeing(alice, 'badPwdCount'), 'R S P E -'],
  ['read the groups of somebody, nested ones included', seeing(alice, 'tokenGroups'), 'R S P E -'],
  ['read a fine-grained password policy', seeing(strictPolicy, 'msDS-MinimumPasswordLength'), 'R - - - -'],
  ['read a confidential attribute', seeing(computer, 'msTPM-OwnerInformation'), '- - - - -'],
  ['replicate the domain (DirSync)', replicating(base), '- - - - -'],
];

/** yes, no, or what else came of it, which is never expected. */
async function answerTo(attempt: Attempt, as: As): Promise<string> {
  try {
    const code = await resultCode(attempt(as));
    if (code === 0) return 'yes';
    // insufficientAccessRights; whoever did not sign in is told operationsError, or that there is no such object for them.
    return code === 50 || (as === people.A && (code === 1 || code === 32)) ? 'no' : `code ${code}`;
  } catch (error) {
    if (error instanceof AssertionError) return 'no';
    throw error;
  }
}

/** What was answered, by operation. */
const answered = new Map<string, string>();

for (const [operation, attempt, may, standsIn] of table) {
  test(`${may}  ${operation}${standsIn ? ` (${standsIn})` : ''}`, async () => {
    const answers: string[] = [];
    for (const column of columns) {
      const answer = await answerTo(attempt, people[column]);
      answers.push(answer === 'yes' ? column : answer === 'no' ? '-' : `${column}: ${answer}`);
    }
    answered.set(operation, answers.join(' '));
    assert.equal(answers.join(' '), may);
    assert.equal(await answerTo(attempt, admin), 'yes', 'the attempt itself is right');
  });
}

test('no account of ours changed anything but a password and a lockout, each writer in its own unit, and only the reader saw more than everybody', () => {
  const done = (columns: RegExp) => [...answered].filter(([, answers]) => columns.test(answers)).map(([operation]) => operation);
  assert.equal(answered.size, table.length);
  const seen = done(/E/).filter((operation) => operation.startsWith('read '));
  assert.deepEqual(done(/R/), [...seen, 'read a fine-grained password policy']);
  const byStaff = [
    'set the password of somebody in OU Staff',
    'set the password of somebody in a unit below',
    'set the password of a Domain Admin in OU Staff',
    'end a lockout in OU Staff',
    'end a lockout of a Domain Admin in OU Staff',
  ];
  assert.deepEqual(done(/S/), [...byStaff, ...seen]);
  assert.deepEqual(done(/P/), ['set the password of somebody in OU Privileged', 'end a lockout in OU Privileged', ...seen]);
  assert.deepEqual(done(/A/), []);
});

test('who knows the old password may change it; the accounts of Countersign may not even that', async () => {
  const old: Record<string, string> = { E: first };
  for (const [column, { passwordFile }] of [
    ['R', serviceAccounts.reader],
    ['S', serviceAccounts.writerStaff],
    ['P', serviceAccounts.writerPrivileged],
  ] as const)
    old[column] = readSecretLine(passwordFile);
  for (const column of ['R', 'S', 'P', 'E'] as const) {
    const change = changingPassword(people[column].own, encodePassword(old[column]!), encodePassword('Entirely-Other-79'))(people[column]);
    if (column === 'E') await change;
    else await assert.rejects(change, { code: 19, message: /^error in module acl:/ }, column);
  }
});

test('what is read of the rights beforehand is what the controller then lets, for each account and each of ours', async () => {
  for (const service of ['reader', 'writerStaff', 'writerPrivileged'] as const) {
    const as = people[{ reader: 'R', writerStaff: 'S', writerPrivileged: 'P' }[service] as 'R' | 'S' | 'P'];
    const differs: string[] = [];
    for (const { dn, kind, resets, writes } of await rightsHeld(bank.as(service))) {
      if (kind !== 'account' && kind !== 'computer') continue;
      const did = {
        resets: await answerTo(replacing(dn, 'unicodePwd', password), as),
        unlocks: await answerTo(replacing(dn, 'lockoutTime', '0'), as),
      };
      const read = { resets, unlocks: writes.includes('lockoutTime') ? 'yes' : 'no' };
      if (did.resets !== read.resets || did.unlocks !== read.unlocks) differs.push(`${dn}: ${JSON.stringify({ read, did })}`);
    }
    assert.deepEqual(differs, [], service);
  }
});

test('where the directory would let the staff writer, the rule of the write does not, whatever a worker says of the account', async () => {
  const read = await readAccount(bank.as('writerStaff'), (await bank.account('victim.admin')).guid);
  assert.match(read?.protectedBy ?? '', /-512$/, 'as the writer itself sees it, in the one read before the write');
  const q = honest(false);
  assert.equal(whyNotWrite(q), undefined);
  const isNow = { ...q, account: { ...q.account, protectedBy: read?.protectedBy } };
  assert.equal(whyNotWrite(isNow), 'account-changed');
  const andWasSaid = {
    ...isNow,
    attestations: q.attestations.map((one) => (one.kind === 'identified' ? { ...one, protected: true } : one)),
  };
  assert.notEqual(whyNotWrite(andWasSaid), undefined);
});

test('the write of the product comes to "denied" outside of its units', async () => {
  const guid = async (account: string) => (await bank.account(account)).guid;
  const outcomes = [
    await setPassword(bank.as('writerStaff'), await guid('rosa.klein'), 'Entirely-Other-80'),
    await setPassword(bank.as('writerPrivileged'), await guid('alice.moreau'), 'Entirely-Other-80'),
    await setPassword(bank.as('reader'), await guid('alice.moreau'), 'Entirely-Other-80'),
  ];
  assert.deepEqual(
    outcomes.map((one) => (one.outcome === 'refused' ? one.reason : one.outcome)),
    ['denied', 'denied', 'denied'],
  );
});
