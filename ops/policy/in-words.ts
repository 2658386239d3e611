import { approversNeeded } from '#domain/policy-floor.ts';
import { whyRed } from '#domain/policy-test.ts';
import type { Policy, Rule } from '#domain/policy.ts';
import { demandsInWords } from '#domain/passkey-demands.ts';
import { firstFactorInWords, mayInWords, replacementInWords, whenInWords } from '#domain/rule-words.ts';
import { tellInWords } from '#domain/telling-words.ts';

/** A policy read aloud, rule by rule. */
export function policyInWords({ name, serves, rules, tests, identities, passkeys, firstFactor }: Policy): string {
  const counted =
    tests.length === 0 ? 'It has no tests of its own.' : `It has ${tests.length} ${tests.length === 1 ? 'test' : 'tests'} of its own.`;
  return [
    `${name}. It serves ${serves.join(', ')}. ${counted} ${identitiesInWords(identities)} ${demandsInWords(passkeys)}`,
    ...rules.map(ruleInWords),
    firstFactorInWords(firstFactor),
  ].join('\n\n');
}

function identitiesInWords({ owner, samePerson }: Policy['identities']): string {
  const links = owner.map(({ attribute, names }) => `${attribute}, which names an ${names === 'account' ? 'account' : 'employee number'}`);
  return [
    `Accounts with the same employee number are one person's${links.length > 0 ? `; so are those linked by ${links.join(', or by ')}` : ''}.`,
    ...samePerson.map((accounts) => `One person has ${accounts.join(', ')}.`),
  ].join(' ');
}

function ruleInWords(rule: Rule, index: number): string {
  const { id, when, may, accept } = rule;
  return [
    `${index + 1}. ${id}. ${whenInWords(when)} ${mayInWords(may)}`,
    `   Ways in: ${accept.map(({ name, proofs, factors }) => `${name} (${[...proofs, ...factors].join(' + ')})`).join('; or ')}.`,
    `   ${approvalsInWords(rule)}`,
    ...[replacementInWords(rule)].flatMap((words) => (words === undefined ? [] : [`   ${words}`])),
    `   ${tellInWords(rule)}`,
  ].join('\n');
}

function approvalsInWords({ approvals }: Pick<Rule, 'approvals'>): string {
  if (approvals.length === 0) return 'Nobody has to approve.';
  const stages = approvals.map(
    ({ label, needs, beside }, at) => `${at === 0 ? '' : beside ? 'and beside it ' : 'then '}${needs === 1 ? '' : `${needs} of `}${label}`,
  );
  const people = approversNeeded({ approvals });
  return `Approved by ${stages.join(', ')}: ${people} ${people === 1 ? 'person' : 'different people'}.`;
}

/** What came of each test, a line each, and how many are red. */
export function testsInWords(policy: Policy): { said: string; red: number } {
  const lines = policy.tests.map((test) => {
    const why = whyRed(policy, test);
    return { red: why !== undefined, line: why === undefined ? `  ✓ ${test.name}` : `  ✗ ${test.name}: ${why}` };
  });
  const red = lines.filter((one) => one.red).length;
  const verdict =
    lines.length === 0
      ? 'There are no tests in this policy.'
      : red === 0
        ? `All ${lines.length} are as expected.`
        : `${red} of ${lines.length} are red; with one red test a policy is not put in force.`;
  return { said: [...lines.map(({ line }) => line), verdict].join('\n'), red };
}
