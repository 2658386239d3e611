import { TYPED } from '#domain/asked-words.ts';
import { accountProblems, referenceProblems, resumeProblems, returnMethod } from '#domain/form-shape.ts';
import { begun, Told } from './answers.ts';
import type { Visit } from './at-step.ts';
import { grouped } from './plain-text.ts';
import { walkReset, type Opened } from './reset.ts';
import { sayWrong, told } from './say-wrong.ts';

/** One person before this screen, from the first word to the last. Ends when they leave; throws `Left` when nobody is there. */
export async function visit(at: Visit): Promise<void> {
  const { screen } = at;
  screen.title('Password reset');
  if (!(await introduce(at))) return;
  for (;;) {
    screen.title('What do you want to do?');
    const chosen = await screen.choose([
      {
        value: 'begin',
        label: 'Set a new password, or unlock my account',
        hint: 'Also if you have lost everything that makes codes for you: you are told on the way what you can do.',
      },
      { value: 'resume', label: 'Come back to a reset that I started' },
      { value: 'leave', label: 'Leave and go back to the login' },
    ]);
    if (chosen === 'leave') return;
    const opened = await (chosen === 'resume' ? resume(at) : chosen === 'begin' ? begin(at) : undefined);
    if (opened === undefined) continue;
    if ((await walkReset(at, opened)) === 'left') return;
  }
}

/** Says who answers, before anything is typed: a screen that somebody else has put up can show the words, and not the connection. */
async function introduce({ screen, portal, settings }: Visit): Promise<boolean> {
  try {
    const { name, fingerprint } = await portal.identity();
    screen.say(`Connected with ${name}; its certificate was checked. Compare these with what you were given on paper.`);
    screen.say('', 'Fingerprint of the authority (stays the same for years):', grouped(settings.ca.certificate.fingerprint256));
    screen.say('', 'Fingerprint of the server (changes when its certificate is renewed):', grouped(fingerprint));
    screen.say('', `Need help? Speak to ${settings.helpDesk}. Nobody from the help desk will ever ask for your password.`);
    screen.say('In any question, press Enter alone for other choices.');
    return true;
  } catch (error) {
    if (!(error instanceof Told)) throw error;
    screen.say('', ...error.lines);
    await screen.ask({ label: 'Press Enter to go back to the login' });
    return false;
  }
}

async function begin({ screen, portal }: Visit): Promise<Opened | undefined> {
  screen.title('Your account');
  for (;;) {
    const typed = await screen.ask(TYPED.account);
    if (typed === undefined) return undefined;
    if (sayWrong(screen, accountProblems(typed.trim()))) continue;
    const answer = await told(screen, portal.post('/resets', { account: typed.trim() }, begun));
    return answer && { reference: answer.reference, account: typed.trim() };
  }
}

async function resume({ screen, portal }: Visit): Promise<Opened | undefined> {
  screen.title('Come back to a reset');
  screen.say('If you showed a security key or a smart card before, it takes one again: come back at a computer then, not here.');
  for (;;) {
    const reference = await screen.ask(TYPED.reference);
    if (reference === undefined) return undefined;
    if (sayWrong(screen, referenceProblems(reference))) continue;
    const value = await screen.ask({ ...TYPED.returning, unseen: true });
    if (value === undefined) return undefined;
    const factor = returnMethod(value);
    if (sayWrong(screen, resumeProblems(reference, value)) || factor === undefined) continue;
    const answer = await told(screen, portal.post('/resume', { reference, factor, value }, begun));
    if (answer) return { reference: answer.reference, account: undefined };
  }
}
