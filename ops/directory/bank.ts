import { groups } from '#ops/demo/groups.ts';
import { grantsOf } from '#ops/rights/delegation.ts';
import { people, type DemoPerson, type DemoUnit } from '#ops/demo/people.ts';
import { demoDomain, serviceAccounts, serviceDn, type ServiceAccount } from './names.ts';
import type { DirectoryLayout } from './samba-config.ts';

const base = demoDomain.baseDn;
const unitDn: Record<DemoUnit | 'Groups' | 'Service Accounts', string> = {
  Staff: `OU=Staff,${base}`,
  Tellers: `OU=Tellers,OU=Staff,${base}`,
  IT: `OU=IT,OU=Staff,${base}`,
  Privileged: `OU=Privileged,${base}`,
  Groups: `OU=Groups,${base}`,
  'Service Accounts': `OU=Service Accounts,${base}`,
};
const passwordSettings = `CN=Password Settings Container,CN=System,${base}`;

// userAccountControl bits (MS-ADTS 2.2.16): NORMAL_ACCOUNT, ACCOUNTDISABLE, DONT_EXPIRE_PASSWORD.
const normal = 0x200;
const disabled = 0x2;
const passwordNeverExpires = 0x10000;

const ticks = (seconds: number) => BigInt(seconds) * 10_000_000n;
/** Spans of time are negative counts of 100 ns in the directory (MS-ADTS 2.3.4). */
const span = (seconds: number) => (-ticks(seconds)).toString();
/** FILETIME: 100 ns since 1601-01-01 UTC. */
const fileTime = (date: Date) => ((BigInt(date.getTime()) + 11_644_473_600_000n) * 10_000n).toString();

const quarterHour = 15 * 60;
const year = 365 * 86_400;

export type BankPasswords = { people: ReadonlyMap<string, string>; services: Record<ServiceAccount, string>; administrator: string };

/** The document for seed.py: the whole demo bank with its passwords. It goes to standard input and is stored nowhere. */
export function bankDocument(layout: DirectoryLayout, passwords: BankPasswords, now: Date): object {
  const accounts = [
    ...(Object.keys(serviceAccounts) as ServiceAccount[]).map((name) => serviceEntry(name, passwords.services[name])),
    ...people.map((person) => personEntry(person, passwordOf(passwords, person), now)),
  ];
  return {
    config: layout.config,
    database: layout.database,
    baseDn: base,
    domainPolicy: {
      pwdProperties: 1,
      minPwdLength: 8,
      pwdHistoryLength: 24,
      minPwdAge: 0,
      maxPwdAge: span(year),
      lockoutThreshold: 5,
      lockoutDuration: span(quarterHour),
      lockOutObservationWindow: span(quarterHour),
    },
    units: [
      { dn: unitDn.Staff, description: 'Everybody who is not privileged' },
      { dn: unitDn.Tellers, description: 'Tellers of the branches' },
      { dn: unitDn.IT, description: 'The IT department, unprivileged accounts' },
      { dn: unitDn.Privileged, description: 'Every protected account, and nothing else' },
      { dn: unitDn['Service Accounts'], description: 'Accounts of programs' },
      { dn: unitDn.Groups, description: 'Groups' },
    ],
    accounts,
    groups: groups.map((group) => ({ dn: groupDn(group.name), name: group.name, description: group.description })),
    memberships: memberships(),
    passwordSettingsContainer: passwordSettings,
    passwordPolicies: [
      passwordPolicy('Treasury Passwords', 'Treasury Dealers', { precedence: 10, minLength: 14, lockoutSeconds: quarterHour }),
      // Duration 0 is "until somebody unlocks", so that the locked person of the demo is still locked tomorrow.
      passwordPolicy('Lock Until Released', 'Lock Until Released', { precedence: 20, minLength: 8, lockoutSeconds: 0 }),
    ],
    delegations: grantsOf({
      baseDn: base,
      accounts: { reader: serviceDn('reader'), writerStaff: serviceDn('writerStaff'), writerPrivileged: serviceDn('writerPrivileged') },
      units: { writerStaff: [unitDn.Staff], writerPrivileged: [unitDn.Privileged] },
    })
      .filter(({ systems }) => systems.includes('samba'))
      .map(({ on, account, sddl }) => ({ object: on, account: serviceDn(account), aces: [sddl] })),
    administrator: { dn: `CN=Administrator,CN=Users,${base}`, password: passwords.administrator },
  };
}

/** Distinguished name of a person in the demo bank. */
export function personDn(person: DemoPerson): string {
  return `CN=${person.givenName} ${person.surname},${unitDn[person.ou]}`;
}

function personEntry(person: DemoPerson, password: string, now: Date) {
  const manager = people.find((other) => other.account === person.manager);
  const owner = people.find((other) => other.account === person.secondOf);
  const later = {
    ...(manager ? { manager: personDn(manager) } : {}),
    ...(person.state === 'locked' ? { lockoutTime: fileTime(now) } : {}),
  };
  return {
    dn: personDn(person),
    password,
    later: Object.keys(later).length > 0 ? later : null,
    attributes: {
      sAMAccountName: person.account,
      userPrincipalName: `${person.account}@${demoDomain.dnsName}`,
      givenName: person.givenName,
      sn: person.surname,
      displayName: `${person.givenName} ${person.surname}`,
      title: person.title,
      employeeID: person.employeeId,
      ...(owner ? { seeAlso: personDn(owner) } : {}),
      mail: `${person.account}@${demoDomain.dnsName}`,
      userAccountControl: String(person.state === 'disabled' ? normal | disabled : normal),
      ...(person.state === 'expired' ? { accountExpires: fileTime(new Date(now.getTime() - 86_400_000)) } : {}),
    },
  };
}

function serviceEntry(name: ServiceAccount, password: string) {
  const account = serviceAccounts[name];
  const attributes = {
    sAMAccountName: account,
    userPrincipalName: `${account}@${demoDomain.dnsName}`,
    description: 'Countersign',
    userAccountControl: String(normal | passwordNeverExpires),
  };
  return { dn: serviceDn(name), password, later: null, attributes };
}

function passwordPolicy(name: string, group: string, policy: { precedence: number; minLength: number; lockoutSeconds: number }) {
  return {
    name,
    appliesTo: groupDn(group),
    attributes: {
      'msDS-PasswordSettingsPrecedence': policy.precedence,
      'msDS-PasswordReversibleEncryptionEnabled': 'FALSE',
      'msDS-PasswordComplexityEnabled': 'TRUE',
      'msDS-PasswordHistoryLength': 24,
      'msDS-MinimumPasswordLength': policy.minLength,
      'msDS-MinimumPasswordAge': 0,
      'msDS-MaximumPasswordAge': span(year),
      'msDS-LockoutThreshold': 5,
      'msDS-LockoutObservationWindow': span(quarterHour),
      'msDS-LockoutDuration': span(policy.lockoutSeconds),
    },
  };
}

function memberships(): { group: string; members: string[] }[] {
  const members = new Map<string, string[]>();
  const put = (group: string, dn: string) => members.set(group, [...(members.get(group) ?? []), dn]);
  for (const person of people) for (const group of person.groups) put(group, personDn(person));
  for (const group of groups) for (const parent of group.memberOf ?? []) put(parent, groupDn(group.name));
  return [...members].map(([group, dns]) => ({ group: groupDn(group), members: dns }));
}

function groupDn(name: string): string {
  return name === 'Domain Admins' ? `CN=Domain Admins,CN=Users,${base}` : `CN=${name},${unitDn.Groups}`;
}

function passwordOf(passwords: BankPasswords, person: DemoPerson): string {
  const password = passwords.people.get(person.account);
  if (password === undefined) throw new Error(`no password was made for ${person.account}`);
  return password;
}
