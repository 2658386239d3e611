import type { Rule } from './policy.ts';
import { TELL_WHEN, whomKey, type TellWhen, type Whom } from './telling.ts';

const NAMED: Readonly<Record<string, { of: string; yours: string }>> = {
  holder: { of: 'the account’s holder', yours: 'you' },
  approvers: { of: 'the approvers who decided', yours: 'the approvers who decided' },
  'security-officers': { of: 'the security officers', yours: 'the security officers' },
  manager: { of: 'the manager', yours: 'your manager' },
  'managers-manager': { of: 'the manager’s manager', yours: 'your manager’s manager' },
  'unit-owner': { of: 'the owner of the unit', yours: 'the owner of your unit' },
};

function named(key: string, side: 'of' | 'yours'): string {
  if (Object.hasOwn(NAMED, key)) return NAMED[key]?.[side] ?? key;
  const [kind, ...name] = key.split(' ');
  if (kind === 'group') return `the group ${name.join(' ')}`;
  if (kind === 'role') return `the role ${name.join(' ')}`;
  return kind === 'owner' ? `the owner of the group ${name.slice(1).join(' ')}` : key;
}

/** Several things as one reads them aloud. */
export function listedWith(last: 'and' | 'or', names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} ${last} ${names.at(-1)}`;
}

/** Somebody to be told, in the words of whoever keeps the policy. */
export function whomInWords(whom: Whom): string {
  return named(whomKey(whom), 'of');
}

/** When it is told, as the beginning of a sentence. */
export const WHEN_IN_WORDS: Readonly<Record<TellWhen, string>> = {
  requested: 'When the reset is requested',
  changed: 'When the password was changed or the account unlocked',
  unchanged: 'When it ended without a change',
};

/** The claimant reads who was told, by the keys of whom the rule tells; null when nobody but they themselves were. */
export function toldInWords(keys: readonly string[], told: 'were told' | 'are being told'): string | null {
  const others = keys.filter((key) => key !== 'holder');
  if (others.length === 0) return null;
  const said = listedWith(
    'and',
    others.map((key) => named(key, 'yours')),
  );
  const isOne = others.length === 1 && ONE_PERSON.includes(others[0] ?? '');
  const verb = isOne ? told.replace('were', 'was').replace('are', 'is') : told;
  return `${said.charAt(0).toUpperCase()}${said.slice(1)} ${verb}.`;
}

const ONE_PERSON = ['manager', 'managers-manager'];

/** Whom a rule tells when, as sentences; what the floor adds is said first. */
export function tellInWords({ tell, when }: Pick<Rule, 'tell' | 'when'>): string {
  const officers =
    when.protected === false
      ? ''
      : when.protected
        ? ', and so are the security officers'
        : ', and so are the security officers where it is protected';
  const written = TELL_WHEN.filter((moment) => tell[moment].length > 0).map(
    (moment) => `${WHEN_IN_WORDS[moment]}, these are told: ${listedWith('and', tell[moment].map(whomInWords))}.`,
  );
  return [`The holder is told of every new password and every unlock${officers}.`, ...written].join(' ');
}
