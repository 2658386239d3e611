import { isUnder, samePerson, type AccountFacts, type Identity } from './account.ts';
import type { DecisionMethod, OfficerPart } from './attestation.ts';
import type { RefusalCode } from './refusals.ts';

/** Longer than any leave: whoever is away for longer is not an approver meanwhile. */
export const MOST_DELEGATION_DAYS = 90;
/** So long beforehand a delegation may be made. */
export const MOST_DAYS_AHEAD = 365;
/** Standing ones of one person, those that are still to begin included. */
export const MOST_DELEGATIONS = 20;
/** Tag of what is signed about delegations themselves (evidence/signed-statement.ts). */
export const DELEGATION_TAG = 'countersign/delegation/v1\0';

const DAY_MS = 86_400_000;

/** About whose accounts: members of a group (SID), a unit and all below it (DN), one account (GUID). */
export type ScopePart = { group: string } | { unit: string } | { account: string };
/** Everything that the delegator may decide, or what any of the parts covers. */
export type Scope = 'all' | readonly ScopePart[];

/**
 * One person lets another decide in their place. It never passes on, takes nothing from the delegator, and gives nothing that
 * the delegator does not have at the moment of a decision. GUIDs in lower case, times RFC 3339 UTC.
 */
export interface Delegation {
  id: string;
  from: string;
  to: string;
  scope: Scope;
  since: string;
  /** The first moment at which it is over. */
  until: string;
  made: string;
  /** By what the delegator confirmed it: a decision counts under it only where the rule takes that method. */
  method: DecisionMethod;
  /** By whom it was made, when not by the delegator. */
  byOfficers?: ByOfficers;
}

/** Made by two security officers for somebody who could not: their joint act, what they typed, and what each signed. */
export type ByOfficers = { act: string; typed: ForAnother; proposed: OfficerPart; confirmed: OfficerPart };

/** Who made a delegation in the place of its delegator; nobody for an ordinary one. */
export function makersOf({ byOfficers }: Pick<Delegation, 'byOfficers'>): string[] {
  return byOfficers ? [byOfficers.proposed.person, byOfficers.confirmed.person] : [];
}

export function scopeInText(scope: Scope) {
  return scope === 'all' ? scope : scope.map((part) => ({ ...part }));
}

/** The body that the verifier signs; a row without that signature counts for nothing. */
export function delegationBody({ id, from, to, scope, since, until, made, method, byOfficers }: Delegation) {
  const body = { v: 1, kind: 'row/delegation', id, from, to, scope: scopeInText(scope), since, until, made, method } as const;
  if (!byOfficers) return body;
  const { act, typed, proposed, confirmed } = byOfficers;
  const names = { ...typed, groups: [...typed.groups], units: [...typed.units], accounts: [...typed.accounts] };
  return { ...body, byOfficers: { act, typed: names, proposed, confirmed } };
}

/** What is signed with a key of the delegator: what the page said, in the words that were typed there. */
export function delegationStatement(
  { ceremony, account, notAfter }: { ceremony: string; account: string; notAfter: string },
  deed: { make: TypedDelegation } | { end: string },
) {
  const head = { v: 1, account, nonce: ceremony, notAfter } as const;
  if ('end' in deed) return { ...head, type: 'delegation/end', delegation: deed.end } as const;
  const { to, groups, units, accounts, since, until } = deed.make;
  return { ...head, type: 'delegation/make', to, groups: [...groups], units: [...units], accounts: [...accounts], since, until } as const;
}

/** A delegation as its delegator typed it: names, not identities. No group, unit and account at all means everything. */
export interface TypedDelegation {
  to: string;
  groups: readonly string[];
  units: readonly string[];
  accounts: readonly string[];
  since: string;
  until: string;
}

/** The same, typed by a security officer, and in whose place. */
export interface ForAnother extends TypedDelegation {
  from: string;
}

/** Whom and what the directory means by what was typed. */
export interface Meant {
  from: string;
  to: string;
  scope: Scope;
}

/** Whether a delegation runs at a moment, in ms. One that was made later than it says to begin runs from its making. */
export function isInForce({ since, until, made }: Pick<Delegation, 'since' | 'until' | 'made'>, at: number): boolean {
  return Math.max(Date.parse(since), Date.parse(made)) <= at && at < Date.parse(until);
}

/** Whether a delegation is about this account, as the directory has it. */
export function covers(scope: Scope, claimant: Pick<AccountFacts, 'guid' | 'dn' | 'groups'>): boolean {
  if (scope === 'all') return true;
  return scope.some((part) => {
    if ('group' in part) return claimant.groups.includes(part.group);
    return 'unit' in part ? isUnder(claimant.dn, part.unit) : part.account === claimant.guid;
  });
}

export interface DelegationQuestion {
  from: Identity;
  /** The delegate as the directory has them now; undefined when the name is nobody's. */
  to: (Identity & Pick<AccountFacts, 'enabled' | 'expired'>) | undefined;
  /** Whether the delegate holds the console's role of an approver. */
  toMayDecide: boolean;
  /** Accounts that the scope names. */
  about: readonly Identity[];
  since: string;
  until: string;
  /** Delegations from or to either of the two that were not withdrawn. */
  standing: readonly Pick<Delegation, 'from' | 'to' | 'since' | 'until'>[];
  /** When the delegator's own password was last reset by this product, or their factors replaced. */
  changes: readonly (Date | undefined)[];
  coolingOffSeconds: number;
  now: Date;
}

/**
 * Why a delegation cannot be made, or undefined when it can. At no moment does anybody stand in for one person and have
 * another stand in for them: so there is no chain and no circle, in whichever order they are made.
 */
export function whyNotDelegate(q: DelegationQuestion): RefusalCode | undefined {
  const { from, to } = q;
  if (!to) return 'delegate-not-found';
  if (samePerson(from, to)) return 'delegation-to-self';
  const [now, since, until] = [q.now.getTime(), Date.parse(q.since), Date.parse(q.until)];
  if (!(since < until && now < until && since <= now + MOST_DAYS_AHEAD * DAY_MS)) return 'delegation-dates';
  if (until - Math.max(since, now) > MOST_DELEGATION_DAYS * DAY_MS) return 'delegation-too-long';
  // Nobody decides about themselves, so such a delegation would be made for nothing, or in the hope that nobody looks.
  if (q.about.some((account) => samePerson(account, to))) return 'delegation-about-delegate';
  if (!to.enabled || to.expired || !q.toMayDecide) return 'delegate-cannot-decide';
  const meanwhile = q.standing.filter((other) => Date.parse(other.since) < until && since < Date.parse(other.until));
  if (meanwhile.some((other) => other.from === to.guid)) return 'delegate-is-away';
  if (meanwhile.some((other) => other.to === from.guid)) return 'delegation-chain';
  if (q.standing.filter((other) => other.from === from.guid && now < Date.parse(other.until)).length >= MOST_DELEGATIONS)
    return 'too-many-delegations';
  // Who took an account over would leave a delegation behind that outlives the discovery.
  const isRecent = (change: Date | undefined) => change !== undefined && now - change.getTime() < q.coolingOffSeconds * 1000;
  return q.changes.some(isRecent) ? 'delegation-too-soon' : undefined;
}

export interface ForAnotherQuestion extends Omit<DelegationQuestion, 'from' | 'changes'> {
  /** The delegator as the directory has them now; undefined when the name is nobody's. */
  from: (Identity & Pick<AccountFacts, 'enabled' | 'expired'>) | undefined;
  /** Whether the delegator holds the console's role of an approver. */
  fromMayDecide: boolean;
  /** Who makes it in their place: one of the officers, or both. */
  officers: readonly Identity[];
}

/**
 * Why security officers cannot make a delegation for somebody else, or undefined when they can: by the rules of any
 * delegation, and because nobody gives themselves a right, gives away their own in this way, or chooses who decides about them.
 * The delegator's own reset a while ago does not stand in the way: it is not by their hand that this is made.
 */
export function whyNotForAnother({ from, fromMayDecide, officers, ...q }: ForAnotherQuestion): RefusalCode | undefined {
  const isOfficer = (one: Identity) => officers.some((officer) => samePerson(officer, one));
  if (!from) return 'delegator-not-found';
  if (isOfficer(from)) return 'officer-is-delegator';
  if (q.to && isOfficer(q.to)) return 'officer-is-delegate';
  if (q.about.some(isOfficer)) return 'officer-is-claimant';
  if (!from.enabled || from.expired || !fromMayDecide) return 'delegator-cannot-decide';
  return whyNotDelegate({ ...q, from, changes: [] });
}
