import type { Alternative } from './accept.ts';
import { isUnder, type AccountFacts } from './account.ts';
import type { ApprovalStage } from './approval-stage.ts';
import { isOwnKey, type DecisionMethod } from './attestation.ts';
import type { BreakGlass } from './break-glass.ts';
import type { FirstFactorCondition } from './first-factor.ts';
import type { FactorReplacement } from './factor-replacement.ts';
import type { DeviceDemands } from './device.ts';
import type { Base } from './policy-bases.ts';
import type { Operation } from './operation.ts';
import type { PasskeyDemands } from './passkey-demands.ts';
import type { PolicyTest } from './policy-test.ts';
import type { Identities } from './same-people.ts';
import type { Calendar } from './calendar.ts';
import type { Tell } from './telling.ts';
import { fits, type Answer, type Place, type Situation, type When } from './rule-choice.ts';
import type { VoucherSource } from './vouching.ts';

/** What a new password must satisfy beyond what the directory asks for. */
export interface PasswordDemands {
  minLength: number;
  /** Words that it may not be made of. */
  siteWords: readonly string[];
}

export interface Rule {
  id: string;
  when: When;
  /** What may be done to the account once everything below has passed. */
  may: readonly Operation[];
  /** Any one of these is enough. */
  accept: readonly Alternative[];
  /** Who may vouch, where some way in takes a colleague's word. */
  vouchers?: readonly VoucherSource[] | undefined;
  approvals: readonly ApprovalStage[];
  /** More than the policy's own demands. */
  password?: { minLength?: number | undefined; siteWords?: readonly string[] | undefined } | undefined;
  /** With which of these an approver may confirm a decision. */
  decisions: readonly DecisionMethod[];
  /** Undefined: no break-glass. */
  breakGlass?: BreakGlass | undefined;
  /** What is asked of somebody who has lost every factor; there when `may` has replace-factors, and only then. */
  replaceFactors?: FactorReplacement | undefined;
  /** Who is told when, beside those whom no policy leaves out. */
  tell: Tell;
}

/** The floor: a decision about a protected account is signed with the approver's own key, whatever a rule says. */
export function mayDecideBy(rule: Pick<Rule, 'decisions'>, isProtected: boolean): readonly DecisionMethod[] {
  return isProtected ? rule.decisions.filter(isOwnKey) : rule.decisions;
}

/** Times in seconds. */
export interface PolicyTimers {
  unproven: number;
  approval: number;
  choosePassword: number;
  sealedPassword: number;
  coolingOff: number;
  issuedCode: number;
  /** So long after its end a reset tells the claimant who comes back how it ended. */
  outcome: number;
}

export interface PolicyAttempts {
  proofsPerReset: number;
  factorsPerReset: number;
  passwordsPerReset: number;
  /** Consecutive failures of one authenticator before it is disabled (NIST SP 800-63B-4 §3.2.2 allows at most 100). */
  perAuthenticator: number;
  perAccountPerHour: number;
  signInsPerAccountPerHour: number;
  /** Failures over the whole site from which a sudden rise calls officers. */
  alarmPerTenMinutes: number;
}

export interface Policy {
  name: string;
  /** Published rules that it keeps. */
  bases: readonly Base[];
  /** Subtrees whose accounts are served. Every other account goes on as a decoy. */
  serves: readonly string[];
  /** The site's networks by name, each a list of CIDR blocks. */
  networks: Readonly<Record<string, readonly string[]>>;
  /** The first that fits decides. */
  rules: readonly Rule[];
  /** Business hours by which timers of stages run. */
  calendars: Readonly<Record<string, Calendar>>;
  /** Roles that stages ask for, each with the groups whose members hold it. */
  roles: Readonly<Record<string, readonly string[]>>;
  /** Which accounts are one person's, beside those with the same employee number. */
  identities: Identities;
  /** What is asked of passkeys and security keys. */
  passkeys: PasskeyDemands;
  /** How devices are enrolled and told. */
  devices: DeviceDemands;
  /** Who sets up a first app with the password alone, any one of these is enough; nobody when there is none. */
  firstFactor: readonly FirstFactorCondition[];
  timers: PolicyTimers;
  attempts: PolicyAttempts;
  password: PasswordDemands & {
    /** Seconds after it was made that the list of banned passwords may be used; undefined: for ever. */
    oldestBannedList?: number | undefined;
  };
  /** What is expected of it. */
  tests: readonly PolicyTest[];
}

export function isServed(policy: Policy, account: Pick<AccountFacts, 'dn'>): boolean {
  return policy.serves.some((subtree) => isUnder(account.dn, subtree));
}

/**
 * The first rule that fits, or undefined: an account without a rule is never reset. A rule of which it is not known
 * whether it fits ends the search: the rule after it may ask for less.
 */
export function selectRule(policy: Policy, situation: Situation): Rule | undefined {
  if (!situation.place || !isServed(policy, situation.place)) return undefined;
  for (const rule of policy.rules) {
    const answer = fitting(policy, rule, situation);
    if (answer !== 'no') return answer === 'yes' ? rule : undefined;
  }
  return undefined;
}

/** Whether a rule may be the first that fits, by as much as is known: it is not ruled out, and none before it surely fits. */
export function mayBeRule(policy: Policy, rule: Rule, situation: Situation): boolean {
  const before = policy.rules.slice(0, policy.rules.indexOf(rule));
  return fitting(policy, rule, situation) !== 'no' && before.every((earlier) => fitting(policy, earlier, situation) !== 'yes');
}

/** Whether a rule of this policy fits, whatever stands before it. */
export function fitting({ calendars }: Policy, { when }: Rule, situation: Situation): Answer {
  return fits(when, { ...situation, calendars });
}

/** Every group that the rules are chosen by, once. */
export function groupsOfRules(policy: Policy): string[] {
  return [...new Set(policy.rules.flatMap(({ when }) => [...(when.memberOf ?? []), ...(when.notMemberOf ?? [])]))];
}

export function placeOf({ dn, groups }: Pick<AccountFacts, 'dn' | 'groups'>, sids: ReadonlyMap<string, string>): Place {
  return { dn, groups, sids };
}

/** The policy's demands on a new password with those that the rule adds; no rule takes any away. */
export function passwordDemands(policy: Policy, rule: Rule | undefined): PasswordDemands {
  const { minLength, siteWords } = policy.password;
  return {
    minLength: Math.max(minLength, rule?.password?.minLength ?? 0),
    siteWords: [...new Set([...siteWords, ...(rule?.password?.siteWords ?? [])])],
  };
}
