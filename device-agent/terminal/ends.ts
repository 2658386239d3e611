import { BEFORE_YOU_LOSE_IT, codesLeftInWords, DONE_TITLES, endOf, ON_PAPER, STEPS_AFTER, WHERE_ELSE } from '#domain/end-words.ts';
import { isRefusalCode } from '#domain/refusals.ts';
import type { Progress } from './answers.ts';
import { sayLimits } from './choosing.ts';
import type { AtStep, StepEnd } from './at-step.ts';

/** The good end: what came of it, who was told, and what to do now, of which the first is to log in here. */
export async function good({ screen, now, settings }: AtStep): Promise<StepEnd> {
  const { operation = 'new-password', message } = now.next;
  screen.title(DONE_TITLES[operation]);
  screen.say(message);
  if (now.told !== null) screen.say(now.told);
  sayLimits(screen, now);
  screen.say('', 'What to do now:');
  screen.list([
    ...STEPS_AFTER[operation].map(({ about, words }) => `${about} ${words}`),
    ...(now.next.oldPassword === 'ended' ? [`${WHERE_ELSE.about} ${WHERE_ELSE.words}`] : []),
    ...(operation === 'replace-factors' ? [] : onPaper(now)),
  ]);
  if (operation === 'unlock')
    screen.say('', `If your password is not accepted, start again and set a new one, or speak to ${settings.helpDesk}.`);
  screen.say('', `If it was not you, tell ${settings.helpDesk} now.`);
  const label = operation === 'new-password' ? 'Log in now with your new password: press Enter' : 'Log in now: press Enter';
  await screen.ask({ label });
  return 'ended';
}

function onPaper({ oneWayIn, recoveryCodesLeft: left }: Progress): string[] {
  return [
    ...(oneWayIn === true ? [`${BEFORE_YOU_LOSE_IT.about} ${BEFORE_YOU_LOSE_IT.words}`] : []),
    `${ON_PAPER.about} ${ON_PAPER.words}${left === undefined ? '' : ` ${codesLeftInWords(left)}`}`,
  ];
}

/** The other end: what happened, what to do, and whom to ask. */
export async function stopped({ screen, now, settings }: AtStep): Promise<StepEnd> {
  const { code, message } = now.next;
  const { title, again, helpDeskSecond } = endOf(isRefusalCode(code) ? code : undefined, now.next.oldPassword === 'ended');
  screen.title(title);
  screen.say(message);
  if (now.told !== null) screen.say(now.told);
  screen.list([
    ...(again ? ['Start a new reset, if you still need one.'] : []),
    `${helpDeskSecond ? 'If that does not help: speak' : 'Speak'} to ${settings.helpDesk}. Tell them the reference ${now.reference}; in person, bring an identity document.`,
  ]);
  await screen.ask({ label: 'Press Enter to go back to the login' });
  return 'ended';
}
