import type { AccountFacts, Identity } from '#domain/account.ts';
import { asFrozen, type Identities } from '#domain/same-people.ts';
import type { CertificateIdentity, MappableAccount } from '#domain/account-mapping.ts';
import type { ResolvedSource } from '#domain/approval.ts';
import type { ApproverSource } from '#domain/approval-stage.ts';
import type { PasswordPolicy } from '#domain/password-rules.ts';
import type { Policy } from '#domain/policy.ts';
import type { SignInLimits } from '#domain/sign-in-limits.ts';
import type { ResolvedVoucher, VoucherSource } from '#domain/vouching.ts';
import type { Account } from '#prisma/leaves.ts';
import type { DirectoryAccount } from '#activities/directory/account.ts';
import { peopleBehind, resolveSources, resolveVouchers } from '#activities/directory/approver-sources.ts';
import type { Directory } from '#activities/directory/connect.ts';
import { DirectoryUnavailable } from '#activities/directory/errors.ts';
import { readPasswordPolicy } from '#activities/directory/effective-password-policy.ts';
import { findAccount, readAccount, readAccountAt } from '#activities/directory/find-account.ts';
import { groupSid } from '#activities/directory/group-members.ts';
import { withTheirAccounts } from '#activities/directory/same-people.ts';
import { inSteps } from '#activities/directory/in-steps.ts';
import { searchAccounts, type FoundAccount } from '#activities/directory/search-accounts.ts';
import { surveyDirectory, type Survey } from '#activities/directory/survey.ts';
import { mappedAccounts } from '#activities/directory/mapped-accounts.ts';
import { unitAt } from '#activities/directory/unit.ts';
import { knowsPassword, type Knows } from '#activities/directory/knows-password.ts';
import { tryPassword } from '#activities/directory/verify-bind.ts';

/** An account with the names that people see. */
export interface Person extends AccountFacts {
  samAccountName: string;
  upn: string | undefined;
  displayName: string;
  givenName: string | undefined;
  surname: string | undefined;
  mail: string | undefined;
  mustChange: boolean;
  passwordExpired: boolean;
  created: Date | undefined;
  signIn: SignInLimits;
}

/** What the verifier asks the directory. The only place where the directory's types become the domain's. */
export interface People {
  /** The account that a typed name means, or undefined; both take the same reads. Throws DirectoryUnavailable. */
  find(typedName: string, at?: Date): Promise<Person | undefined>;
  /** Accounts whose names begin like this: see activities/directory/search-accounts.ts. */
  search(text: string): Promise<FoundAccount[]>;
  /** The whole directory at once: see activities/directory/survey.ts. */
  survey(ownerAttributes: readonly string[]): Promise<Survey>;
  read(guid: string): Promise<Person | undefined>;
  /** The password policy in force for an account. For nobody the same reads are made on the reader's own account. */
  passwordPolicy(person: Person | undefined): Promise<PasswordPolicy>;
  groupSid(name: string): Promise<string | undefined>;
  /** The distinguished name of an organizational unit as the directory writes it, or undefined. */
  unit(dn: string): Promise<string | undefined>;
  /** What the sources of a stage are now: see activities/directory/approver-sources.ts. */
  sources(claimant: Person, sources: readonly ApproverSource[], roles: Policy['roles']): Promise<ResolvedSource[]>;
  /** What the sources of those who may vouch for somebody are now. */
  vouchers(claimant: Person, sources: readonly VoucherSource[], roles: Policy['roles']): Promise<ResolvedVoucher[]>;
  /** Every enabled person behind them, without the claimant's own accounts. */
  behind(claimant: Person, sources: readonly ApproverSource[], roles: Policy['roles']): Promise<Person[]>;
  /** The same people with every account that is theirs by the directory now and by the policy. */
  theirAccounts(identities: Identities, people: readonly Person[]): Promise<Person[]>;
  /** The accounts that a certificate may be mapped to, by any strong form. */
  mapped(identity: CertificateIdentity): Promise<MappableAccount[]>;
  /** Whether a password signs this account in, by a bind on a fresh connection. For nobody a bind is made that must fail. */
  signsIn(person: Person | undefined, password: string): Promise<boolean>;
  /** Whether a password is this account's, expired or not, as far as the directory's own count leaves a try: see activities/directory/knows-password.ts. */
  knows(account: string | undefined, password: string): Promise<Knows>;
}

/** What a leaf says for ever of an account that was read. */
export function accountInLeaf({ guid, sid, protectedBy }: Pick<Person, 'guid' | 'sid' | 'protectedBy'>): Account {
  return { guid, sid, privileged: protectedBy !== undefined };
}

/** Somebody as the rules need them: who left since keeps their GUID there; only the employee number is lost with them. */
export async function personOrGuid(people: Pick<People, 'read'>, guid: string): Promise<Person | Pick<Person, 'guid' | 'employeeId'>> {
  return (await people.read(guid)) ?? { guid, employeeId: undefined };
}

/** Adds to each their accounts, by directory and policy as they are now and by what was frozen. Of who left only the latter is known. */
export async function withAccounts(
  people: Pick<People, 'theirAccounts'>,
  identities: Identities,
  persons: readonly (Identity | undefined)[],
  frozen: readonly (readonly string[])[] = [],
): Promise<<P extends Identity>(person: P) => P> {
  const asked = new Map(persons.flatMap((one) => (one && isPerson(one) ? [[one.guid, one] as const] : [])));
  const found = await people.theirAccounts(identities, [...asked.values()]);
  const accounts = new Map(found.map((one) => [one.guid, one.accounts]));
  return (person) => asFrozen({ ...person, accounts: accounts.get(person.guid) }, frozen);
}

function isPerson(one: Identity): one is Person {
  return 'samAccountName' in one;
}

/** A minute: long enough to spare six searches a sign-in, short enough that a renamed group is noticed. */
const GROUP_SECONDS = 60;

export function peopleOf(dir: Directory): People {
  const sids = new Map<string, { sid: string | undefined; until: number }>();
  let found: string | undefined;
  /** The reader's own account: what is read of nobody is read of it. */
  const standIn = async (): Promise<string> => {
    found ??= (await readAccountAt(dir, dir.bindDn))?.guid;
    if (!found) throw new DirectoryUnavailable('the reader does not see its own account');
    return found;
  };
  return {
    find: (typedName, at) => findAccount(dir, typedName, at).then(known),
    search: (text) => searchAccounts(dir, text),
    survey: (ownerAttributes) => surveyDirectory(dir, new Date(), ownerAttributes),
    read: (guid) => readAccount(dir, guid).then(known),
    async passwordPolicy(person) {
      const guid = person?.guid ?? (await standIn());
      const { source, minLength, complexity, historyLength, countedBy } = await inSteps(() => readPasswordPolicy(dir, { guid }));
      return { source, minLength, complexity, historyLength, countedBy };
    },
    async groupSid(name) {
      const known = sids.get(name);
      if (known && known.until > Date.now()) return known.sid;
      const sid = await groupSid(dir, name);
      sids.set(name, { sid, until: Date.now() + GROUP_SECONDS * 1000 });
      return sid;
    },
    unit: (dn) => unitAt(dir, dn),
    sources: (claimant, sources, roles) => resolveSources(dir, claimant, sources, roles),
    vouchers: (claimant, sources, roles) => resolveVouchers(dir, claimant, sources, roles),
    behind: async (claimant, sources, roles) => (await peopleBehind(dir, claimant, sources, roles)).map(personOf),
    theirAccounts: (identities, people) => withTheirAccounts(dir, identities, people),
    mapped: (identity) => mappedAccounts(dir, identity),
    knows: async (account, password) => knowsPassword(dir, account, password, await standIn()),
    async signsIn(person, password) {
      // By DN, since a UPN may be another account's by mistake; an unknown DN is refused like a wrong password.
      // A few: whoever is silent is last the next time, and nobody waits for a whole domain's time limits.
      const nearest = { ...dir.settings, controllers: (await dir.controllers()).slice(0, 5) };
      const { answer } = await tryPassword(nearest, person?.dn ?? `CN=nobody,${dir.settings.baseDn}`, password);
      if (answer === 'unavailable') throw new DirectoryUnavailable('no controller answered a sign-in');
      return person !== undefined && answer === 'ok';
    },
  };
}

function known(account: DirectoryAccount | undefined): Person | undefined {
  return account && personOf(account);
}

function personOf(account: DirectoryAccount): Person {
  const { guid, sid, dn, enabled, locked, expired, smartcardRequired, protectedBy, employeeId, managerGuid, pwdLastSet, groups } = account;
  const { samAccountName, upn, displayName, givenName, surname, mail, mustChange, passwordExpired, created, signIn } = account;
  return {
    guid,
    sid,
    dn,
    enabled,
    locked,
    expired,
    smartcardRequired,
    protectedBy,
    employeeId,
    managerGuid,
    pwdLastSet,
    groups,
    samAccountName,
    displayName,
    givenName,
    surname,
    upn,
    mail,
    mustChange,
    passwordExpired,
    created,
    signIn,
  };
}
