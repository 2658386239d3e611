import { controlRights } from '#activities/directory/may-use-right.ts';
import type { ServiceAccount } from '../directory/names.ts';

/** What runs the controllers. Samba has no SDProp, so AdminSDHolder is nothing there. */
export type System = 'windows' | 'samba';

/** One entry of one access control list: all that is ever given to Countersign's accounts is in grantsOf, and the demo bank is made of it too. */
export type Grant = {
  account: ServiceAccount;
  /** Distinguished name of the object whose list gets the entry. */
  on: string;
  /** What it is for, as the end of "so that …". */
  why: string;
  /** The entry as SDDL (MS-DTYP 2.5.1); $SID stands for the account. */
  sddl: string;
  /** The same as arguments of dsacls; $NAME stands for the account. */
  dsacls: readonly string[];
  systems: readonly System[];
};

export type DelegatedUnits = { writerStaff: readonly string[]; writerPrivileged: readonly string[] };

// schemaIDGUIDs, MS-ADSC and MS-ADA1.
const userClass = 'bf967aba-0de6-11d0-a285-00aa003049e2';
const lockoutTime = '28630ebf-41d5-11d1-a9c1-0000f80367c1';
const tokenGroups = 'b7c69e6d-2cc7-11d2-854e-00a0c983f608';
const everywhere: readonly System[] = ['windows', 'samba'];

/**
 * What reader and writers need and no more. A reset is one modify of unicodePwd and lockoutTime, so pwdLastSet is read and never
 * given; only the reader looks at fine-grained policies. `accounts` are their distinguished names.
 */
export function grantsOf(site: { baseDn: string; accounts: Record<ServiceAccount, string>; units: DelegatedUnits }): Grant[] {
  const { baseDn, accounts, units } = site;
  return [
    ...units.writerStaff.flatMap((unit) => onUnit('writerStaff', unit)),
    ...units.writerPrivileged.flatMap((unit) => onUnit('writerPrivileged', unit)),
    ...(units.writerPrivileged.length > 0 ? onHolder(`CN=AdminSDHolder,CN=System,${baseDn}`) : []),
    {
      account: 'reader',
      on: `CN=Password Settings Container,CN=System,${baseDn}`,
      why: 'people are told the password rules that hold for them',
      sddl: '(A;CI;LCRPLO;;;$SID)',
      dsacls: ['/I:T', '/G', '$NAME:LCRPLO'],
      systems: everywhere,
    },
    ...(Object.keys(accounts) as ServiceAccount[]).map((account): Grant => ({
      account,
      on: accounts[account],
      why: 'it can change nothing of itself, as everybody else can',
      sddl: '(D;;CRSWWP;;;PS)',
      dsacls: ['/D', 'NT AUTHORITY\\SELF:CAWSWP'],
      systems: everywhere,
    })),
  ];
}

function onUnit(account: ServiceAccount, on: string): Grant[] {
  return [
    {
      account,
      on,
      why: 'it can set passwords of the accounts below',
      sddl: `(OA;CIIO;CR;${controlRights.resetPassword};${userClass};$SID)`,
      dsacls: ['/I:S', '/G', '$NAME:CA;Reset Password;user'],
      systems: everywhere,
    },
    {
      account,
      on,
      why: 'it can end lockouts of the accounts below',
      sddl: `(OA;CIIO;RPWP;${lockoutTime};${userClass};$SID)`,
      dsacls: ['/I:S', '/G', '$NAME:RPWP;lockoutTime;user'],
      systems: everywhere,
    },
  ];
}

/** For a domain that took reading away from everybody; elsewhere every account reads the groups of every other. */
export function readGroups(account: ServiceAccount, on: string): Grant {
  return {
    account,
    on,
    why: 'it sees the groups of the accounts below, and so whether they are protected',
    sddl: `(OA;CIIO;RP;${tokenGroups};${userClass};$SID)`,
    dsacls: ['/I:S', '/G', '$NAME:RP;tokenGroups;user'],
    systems: everywhere,
  };
}

/** Windows stamps this object's list over every protected account, once an hour, and cuts what they inherit from their unit. */
function onHolder(on: string): Grant[] {
  const account = 'writerPrivileged';
  const systems: readonly System[] = ['windows'];
  return [
    {
      account,
      on,
      why: "it can set passwords of accounts that Windows protects: all of them, krbtgt too (operator's guide, Protected accounts)",
      sddl: `(OA;;CR;${controlRights.resetPassword};;$SID)`,
      dsacls: ['/G', '$NAME:CA;Reset Password'],
      systems,
    },
    {
      account,
      on,
      why: 'it can end lockouts of accounts that Windows protects',
      sddl: `(OA;;RPWP;${lockoutTime};;$SID)`,
      dsacls: ['/G', '$NAME:RPWP;lockoutTime'],
      systems,
    },
  ];
}

/**
 * Keeps the staff writer from one protected account in its units, until that is moved. An entry of the account itself comes before
 * inherited ones (MS-DTYP 2.4.5). On Windows AdminSDHolder's list takes its place within the hour, and does the same.
 */
export function denyStaffWriter(on: string): Grant {
  return {
    account: 'writerStaff',
    on,
    why: 'it can neither set the password of this protected account nor unlock it',
    sddl: `(OD;;CR;${controlRights.resetPassword};;$SID)(OD;;WP;${lockoutTime};;$SID)`,
    dsacls: ['/D', '$NAME:CA;Reset Password', '$NAME:WP;lockoutTime'],
    systems: ['samba'],
  };
}
