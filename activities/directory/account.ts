import type { AccountFacts } from '#domain/account.ts';
import { hoursAllowed } from '#domain/logon-hours.ts';
import { shownName } from '#domain/shown-name.ts';
import { computersAllowed, type SignInLimits } from '#domain/sign-in-limits.ts';
import { guidText, sidText, type EntryReader } from './entry.ts';
import { generalizedTime } from './generalized-time.ts';
import { protectedBy } from './protected.ts';
import { tokenGroupsOf } from './token-groups.ts';

/** An account of a person as read at one moment. Names are for people's eyes: keys are guid and sid. */
export interface DirectoryAccount extends AccountFacts {
  samAccountName: string;
  upn: string | undefined;
  displayName: string;
  givenName: string | undefined;
  surname: string | undefined;
  mail: string | undefined;
  managerDn: string | undefined;
  /** The password must be changed at the next sign-in. */
  mustChange: boolean;
  passwordExpired: boolean;
  /** When the account was made, by the directory; undefined when it does not say. */
  created: Date | undefined;
  signIn: SignInLimits;
}

/** What has to be read for a DirectoryAccount; tokenGroups needs a base search. */
export const accountAttributes = [
  'objectGUID',
  'objectSid',
  'sAMAccountName',
  'userPrincipalName',
  'displayName',
  'givenName',
  'sn',
  'mail',
  'employeeID',
  'manager',
  'userAccountControl',
  'msDS-User-Account-Control-Computed',
  'accountExpires',
  'pwdLastSet',
  'whenCreated',
  'logonHours',
  'userWorkstations',
  'adminCount',
  'tokenGroups',
];

// userAccountControl and its computed part, MS-ADTS 2.2.16.
const bits = { disabled: 0x2, locked: 0x10, passwordNeverExpires: 0x10000, smartcardRequired: 0x40000, passwordExpired: 0x800000 };
/** accountExpires of an account without an end: 0 or this (MS-ADSC accountExpires). */
const never = 0x7fffffffffffffffn;

/** FILETIME (100 ns since 1601-01-01 UTC) of a moment. */
function fileTime(at: Date): bigint {
  return (BigInt(at.getTime()) + 11_644_473_600_000n) * 10_000n;
}

/** Makes an account of an entry that was read with accountAttributes. `managerGuid` comes from a second read; `groups` are the SIDs of all its groups. */
export function accountFrom(
  entry: EntryReader,
  managerGuid: string | undefined,
  at: Date,
  groups: readonly string[] = tokenGroupsOf(entry),
): DirectoryAccount {
  const control = entry.number('userAccountControl');
  const computed = entry.number('msDS-User-Account-Control-Computed');
  const expires = entry.big('accountExpires');
  const pwdLastSet = entry.text('pwdLastSet') ?? '0';
  const mustChange = pwdLastSet === '0' && (control & bits.passwordNeverExpires) === 0;
  const sid = sidText(required(entry, 'objectSid'));
  const samAccountName = entry.text('sAMAccountName') ?? '';
  const passwordExpired = (computed & bits.passwordExpired) !== 0;
  const [hours, computers] = [hoursAllowed(entry.bytes('logonHours')), computersAllowed(entry.text('userWorkstations'))];
  return {
    guid: guidText(required(entry, 'objectGUID')),
    sid,
    dn: entry.dn,
    samAccountName,
    upn: entry.text('userPrincipalName'),
    displayName: shownName(entry.text('displayName')) ?? samAccountName,
    givenName: entry.text('givenName'),
    surname: entry.text('sn'),
    mail: entry.text('mail'),
    employeeId: entry.text('employeeID'),
    managerDn: entry.text('manager'),
    managerGuid,
    enabled: (control & bits.disabled) === 0,
    // lockoutTime stays set after a lockout has run out, so only the computed bit says whether it is locked now.
    locked: (computed & bits.locked) !== 0,
    expired: expires !== 0n && expires !== never && expires <= fileTime(at),
    mustChange,
    passwordExpired,
    signIn: {
      ...(hours ? { hours } : {}),
      ...(computers ? { computers } : {}),
      // Samba sets the computed bit for a password that must be changed as well; MS-ADTS does not say so.
      ...(passwordExpired || mustChange ? { passwordRunOut: true } : {}),
    },
    smartcardRequired: (control & bits.smartcardRequired) !== 0,
    pwdLastSet,
    created: generalizedTime(entry.text('whenCreated')),
    groups,
    protectedBy: protectedBy({ sid, adminCount: entry.number('adminCount'), groups }),
  };
}

function required(entry: EntryReader, name: string): Buffer {
  const value = entry.bytes(name);
  if (!value) throw new RangeError(`the directory did not show ${name}; the reading account lacks a right`);
  return value;
}
