import { type Choice, CHOICE_WORDS, END_OLD_PASSWORD, LIMITS_TITLE, RULES_TITLE, TYPED } from '#domain/asked-words.ts';
import { problemLines } from '#domain/form-problems.ts';
import { normalisePassword, passwordProblems } from '#domain/password-rules.ts';
import { moved, type Progress, Told } from './answers.ts';
import { moment } from './moment.ts';
import type { AtStep, StepEnd } from './at-step.ts';
import type { Screen } from './screen.ts';

/** Behind proof and factor, while the account is locked. What the rule does not allow is not offered. */
export async function chooseOperation({ screen, now, portal, path, settings }: AtStep): Promise<StepEnd> {
  screen.title('Your account is locked');
  screen.say(now.next.message);
  if (now.next.until !== undefined) screen.say(`You have until ${moment(now.next.until)}.`);
  sayLimits(screen, now);
  const kinds = (Object.keys(CHOICE_WORDS) as Choice[]).filter((kind) => now.next.choices?.includes(kind)); // the keys are exactly Choice
  if (!kinds.includes('new-password'))
    screen.say(`If you have forgotten your password, unlocking does not help you: a new one is not set here. Go to ${settings.helpDesk}.`);
  const operation = await screen.choose(kinds.map((value) => ({ value, ...CHOICE_WORDS[value] })));
  if (operation === undefined) return 'other';
  await portal.post(`${path}/operation`, { operation }, moved);
  return 'look';
}

const HOW = [
  { value: 'set', label: 'Set this password' },
  { value: 'end-old', ...END_OLD_PASSWORD },
] as const;

/** Nobody sees what they type here, so they type it twice; on the portal's page they may look instead. */
export async function choosePassword(at: AtStep): Promise<StepEnd> {
  const { screen, now, portal, path } = at;
  screen.title('Choose your new password');
  const why = now.next.reasons ?? [];
  screen.say(
    now.next.message,
    ...(why.length > 0 ? problemLines({ codes: ['password-refused'], reasons: why }).map(({ words }) => words) : []),
  );
  if (now.next.until !== undefined) screen.say(`You have until ${moment(now.next.until)}.`);
  screen.say('', `${RULES_TITLE}:`);
  screen.list(now.passwordRules);
  sayLimits(screen, now);
  screen.say('', 'This screen may have another keyboard layout than your desktop: letters and digits without accents are safest.');
  for (;;) {
    const password = await typedTwice(at);
    if (password === undefined) return 'other';
    // Whoever comes back here behind the first of two writes has no old password any more.
    const chosen = now.next.oldPassword === 'ended' ? 'set' : await screen.choose(HOW);
    if (chosen === undefined) return 'other';
    try {
      await portal.post(`${path}/password`, { password, ...(chosen === 'end-old' && { endOldPassword: true }) }, moved);
      return 'look';
    } catch (error) {
      if (!(error instanceof Told) || error.code !== 'password-refused') throw error;
      screen.say('', ...error.lines, 'Nothing was changed. Choose another one.');
    }
  }
}

async function typedTwice({ screen, now: { passwordJudged } }: AtStep): Promise<string | undefined> {
  for (;;) {
    const first = await screen.ask({ ...TYPED.password, unseen: true });
    if (first === undefined) return undefined;
    const { policy, names = [], minLength } = passwordJudged ?? {};
    const reasons = policy ? passwordProblems(normalisePassword(first), policy, names, minLength) : [];
    if (reasons.length > 0) {
      screen.say(
        '',
        ...problemLines({ codes: ['password-refused'], reasons }).map(({ words }) => words),
        'Nothing was sent. Choose another one.',
      );
      continue;
    }
    const second = await screen.ask({ label: 'The same password once more', unseen: true });
    if (second === first) return first;
    screen.say('These two were not the same. Nothing was sent. Type it again.');
  }
}

/** What limits the sign-in besides the password; nothing for most people. */
export function sayLimits(screen: Screen, { signInLimits }: Pick<Progress, 'signInLimits'>): void {
  if (signInLimits.length === 0) return;
  screen.say('', `${LIMITS_TITLE}:`);
  screen.list(signInLimits);
}
