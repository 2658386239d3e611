import type { Door, Flag } from './circumstances.ts';
import type { Operation } from './operation.ts';
import { outcomeOf, type Outcome } from './policy-outcome.ts';
import { groupsOfRules, placeOf, type Policy } from './policy.ts';

/** An outcome that whoever wrote a policy expects, with the account and the moment for which they do. */
export interface PolicyTest {
  name: string;
  account: { dn: string; protected: boolean; groups: readonly string[]; flags: readonly Flag[] };
  from: { via: Door; networks: readonly string[] };
  /** RFC 3339; undefined when no rule asks for the hour. */
  at: string | undefined;
  expect:
    | {
        rule: string;
        may?: readonly Operation[] | undefined;
        accept?: readonly string[] | undefined;
        stages?: readonly string[] | undefined;
        approvers?: number | undefined;
      }
    | { refused: 'not-served' | 'no-rule' };
}

/** What came instead of what a test expects, in a sentence, or undefined when it came so. */
export function whyRed(policy: Policy, test: PolicyTest): string | undefined {
  const asked = groupsOfRules(policy);
  const stranger = test.account.groups.find((group) => !asked.includes(group));
  if (stranger !== undefined) return `No rule asks for the group "${stranger}"; write its name as the rules do, or leave it out.`;
  if (test.at === undefined && policy.rules.some(({ when }) => when.hours))
    return 'The rules ask for the hour; write at, such as 2026-11-26T10:00:00Z.';
  return difference(test.expect, outcomeFor(policy, test));
}

/** A group that a rule names exists in a test, and its name stands for its SID. */
function outcomeFor(policy: Policy, { account, from, at }: PolicyTest): Outcome {
  const sids = new Map(groupsOfRules(policy).map((group) => [group, group]));
  return outcomeOf(policy, {
    isProtected: account.protected,
    place: placeOf(account, sids),
    circumstances: { flags: account.flags, via: from.via, networks: from.networks, at: at ?? '1970-01-01T00:00:00Z' },
  });
}

function difference(wanted: PolicyTest['expect'], came: Outcome): string | undefined {
  if ('refused' in wanted || 'refused' in came) {
    const [a, b] = [inShort(wanted), inShort(came)];
    return a === b ? undefined : `Expected ${a}, and it is ${b}.`;
  }
  if (wanted.rule !== came.rule) return `Expected ${inShort(wanted)}, and it is ${inShort(came)}.`;
  for (const what of ['may', 'accept', 'stages'] as const) {
    const [a, b] = [wanted[what]?.join(', '), came[what].join(', ')];
    if (a !== undefined && a !== b) return `Under ${what} expected ${a || 'nothing'}, and it is ${b || 'nothing'}.`;
  }
  if (wanted.approvers !== undefined && wanted.approvers !== came.approvers)
    return `Expected ${wanted.approvers} people to approve, and ${came.approvers} have to.`;
  return undefined;
}

function inShort(outcome: { rule: string } | { refused: 'not-served' | 'no-rule' }): string {
  if ('rule' in outcome) return `the rule "${outcome.rule}"`;
  return outcome.refused === 'not-served' ? 'an account that is not served' : 'no rule at all';
}
