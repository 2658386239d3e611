import { groupsOfRules, isServed, type Policy } from './policy.ts';
import { fits, type Situation, type When } from './rule-choice.ts';

/** Under which circumstances somebody who never held a factor sets up their first app with the directory password alone. */
export interface FirstFactorCondition {
  /** What evidence and people call it. */
  name: string;
  when: When;
  /** Seconds since the account was made, by the directory; undefined: however old it is. */
  youngerThan?: number | undefined;
}

export interface FirstFactorSituation extends Situation {
  smartcardRequired: boolean;
  /** When the directory made the account; undefined when it does not say. */
  created: Date | undefined;
}

/**
 * The first condition of the policy that somebody meets, or undefined. Nobody meets one whose account is protected, not served, or signs in with a smart card
 * only, whatever a policy says; nor does whoever hangs on a fact that is not known, such as membership of a group that is gone.
 */
export function firstFactorCondition(policy: Policy, situation: FirstFactorSituation): FirstFactorCondition | undefined {
  const { isProtected, place, smartcardRequired } = situation;
  if (isProtected || smartcardRequired || !place || !isServed(policy, place)) return undefined;
  return policy.firstFactor.find(
    (condition) => fits(condition.when, { ...situation, calendars: policy.calendars }) === 'yes' && isYoungEnough(condition, situation),
  );
}

function isYoungEnough({ youngerThan }: FirstFactorCondition, { created, circumstances }: FirstFactorSituation): boolean {
  if (youngerThan === undefined) return true;
  if (!created) return false;
  return Date.parse(circumstances.at) - created.getTime() < youngerThan * 1000;
}

/** Every group that the conditions hang on, once. */
export function groupsOfFirstFactor({ firstFactor }: Pick<Policy, 'firstFactor'>): string[] {
  return [...new Set(firstFactor.flatMap(({ when }) => [...(when.memberOf ?? []), ...(when.notMemberOf ?? [])]))];
}

/** Every group that a policy hangs on, be it to choose a rule or to let somebody set up a first app; once. */
export function groupsOfPolicy(policy: Policy): string[] {
  return [...new Set([...groupsOfRules(policy), ...groupsOfFirstFactor(policy)])];
}

/** What is burned with a first app that nothing but the password confirmed: there is never a second one by this way, whatever becomes of the rows. */
export const firstFactorUsed = (account: string): string => `first-factor:${account}`;
