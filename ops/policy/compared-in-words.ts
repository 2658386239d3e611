import { OPERATION_WORDS } from '#domain/operation.ts';
import { demandsInWords } from '#domain/passkey-demands.ts';
import type { Policy } from '#domain/policy.ts';
import type { UnitReadiness, Unready } from '#domain/readiness.ts';
import { summaryOf, type Case, type Compared, type RuleChange } from '#domain/policy-comparison.ts';

const shown = 10;

/** What a comparison found, read aloud: who would be asked for something else, who would have nobody to approve, who would need the help desk. */
export function comparedInWords(
  compared: readonly Compared[],
  cases: readonly Case[],
  { before, draft }: { before: Policy; draft: Policy },
  missing: readonly string[],
): string {
  const summary = summaryOf(compared);
  const { accounts, changed, changes, noApprover, noApproverToday, losing, gaining, telling, taken, unready, units } = summary;
  return [
    `${count(accounts, 'account is', 'accounts are')} enabled and served by "${before.name}" or by "${draft.name}". Asked as of ${momentsOf(cases)}; ${placesOf(cases)}.`,
    ...(missing.length === 0
      ? []
      : [
          `The directory has no group ${missing.map((name) => `"${name}"`).join(' and no group ')}, which the draft names: a rule that hangs on it, and every rule after that one, is then chosen for nobody; a stage has nobody by it.`,
        ]),
    paragraph(changed, 'would be asked for something else', changes.map(changeInWords)),
    paragraph(noApprover, 'would have nobody who could approve', [today(noApproverToday)]),
    paragraph(summary.noReplacement, 'would have nobody who could approve new factors after losing all', [
      today(summary.noReplacementToday),
    ]),
    paragraph(
      losing,
      'would lose self-service: today what they are enrolled for is enough, under the draft they would need the help desk or could not be reset',
    ),
    paragraph(gaining, 'would gain self-service'),
    paragraph(summary.firstFactor, 'hold nothing today and could set up a first app with the password alone', [
      `${summary.firstFactorToday} of them may today.`,
    ]),
    paragraph(telling, 'would have other people told of their resets'),
    ...keysInWords(before, draft),
    ...taken.map(({ operation, names }) => paragraph(names, `could no longer ${OPERATION_WORDS[operation]}`)),
    ...unready.map(({ why, names }) => paragraph(names, WHY_UNREADY[why])),
    ['Could reset now, by organisational unit: alone, with somebody’s help, not at all', ...units.map(unitInWords)].join('\n'),
  ].join('\n\n');
}

const WHY_UNREADY = {
  'no-rule': 'would be served by no rule',
  'card-only': 'sign in with a smart card only, so that no password of theirs is reset',
  'no-approver': 'could not reset, since nobody could approve',
  'no-factor': 'could not reset, since they hold no factor that their rule takes',
  'card-unknown':
    'could with a smart card, and whether they have one the directory does not say: a card that carries its holder’s SID is known only once it is shown',
  'no-code':
    'hold a factor and would need somebody besides, the help desk for a code or a colleague who vouches, where they do not show a password that they still know',
} as const satisfies Record<Unready, string>;

const today = (number: number): string =>
  number === 1 ? 'One of them has nobody today either.' : `${number} of them have nobody today either.`;

/** What is asked of security keys is asked of everybody alike, so it is said once. */
function keysInWords(before: Policy, draft: Policy): string[] {
  const [today, then] = [demandsInWords(before.passkeys), demandsInWords(draft.passkeys)];
  return today === then ? [] : [`Security keys under the draft: ${then}\nToday: ${today}`];
}

function unitInWords({ unit, accounts, ready, helped }: UnitReadiness): string {
  return `${[ready, helped, accounts - ready - helped].map((number) => String(number).padStart(7)).join('')}  ${unit}`;
}

function paragraph(names: readonly string[], what: string, more: readonly string[] = []): string {
  if (names.length === 0) return `No account ${what.split(':')[0]}.`;
  return [`${count(names.length, 'account', 'accounts')} ${what}: ${listed(names)}.`, ...more].join('\n');
}

function changeInWords({ from, to, names }: RuleChange): string {
  return `  ${String(names.length).padStart(6)}  ${from ?? 'no rule'} → ${to ?? 'no rule'}: ${listed(names)}`;
}

function listed(names: readonly string[]): string {
  const more = names.length - shown;
  return more > 0 ? `${names.slice(0, shown).join(', ')} and ${more} more` : names.join(', ');
}

function count(number: number, one: string, many: string): string {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
}

function momentsOf(cases: readonly Case[]): string {
  return [...new Set(cases.map(({ at }) => at.toISOString()))].join(' and ');
}

function placesOf(cases: readonly Case[]): string {
  const places = [...new Set(cases.map(({ address }) => address))].map((address) =>
    address === undefined ? 'from no network that is named' : `from ${address}`,
  );
  return `${places.join(', ')}; an account is counted when one of these makes the difference`;
}
