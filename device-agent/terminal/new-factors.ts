import { appKindInWords, NEW_FACTORS_WORDS, TYPED } from '#domain/asked-words.ts';
import { problemLines } from '#domain/form-problems.ts';
import { nameProblems, newDigitsProblems, returnMethod } from '#domain/form-shape.ts';
import { begun, moved, newFactors } from './answers.ts';
import type { AtStep, StepEnd } from './at-step.ts';
import { moment } from './moment.ts';
import { sayWrong, told } from './say-wrong.ts';

/** The wait after losing everything is over: whoever sits here shows once more who they are, here or where there is a browser. */
export async function comeBack({ screen, portal, now }: AtStep): Promise<StepEnd> {
  screen.title(NEW_FACTORS_WORDS.ready);
  screen.say(now.next.message);
  if (now.next.until !== undefined) screen.say(`You have until ${moment(now.next.until)}. ${NEW_FACTORS_WORDS.late}`);
  screen.say(
    `A browser is easier: there the app scans its key, and the codes are printed. To go on there, leave, and open ${portal.origin}/reset/resume with your reference and the fresh code. Here you type the key and write down the codes: have your phone with an authenticator app at hand, and something to write on.`,
  );
  const value = await screen.ask({ ...TYPED.freshCode, unseen: true });
  if (value === undefined) return 'other';
  if (returnMethod(value) !== 'issued-code') screen.say(...problemLines({ codes: ['code-shape'] }).map(({ words }) => words));
  else await told(screen, portal.post('/resume', { reference: now.reference, factor: 'issued-code', value }, begun), ['resume-refused']);
  return 'look';
}

const WHERE = [
  {
    value: 'here',
    label: 'Set them up here',
    hint: 'Then this screen shows the key of your new app and your new recovery codes. Only where nobody reads along, and nothing records this screen.',
  },
  {
    value: 'elsewhere',
    label: 'Set them up at a computer with a browser',
    hint: 'You need another fresh code for that. Go to the help desk for it first.',
  },
] as const;
/** So many are written down before somebody has to press a key: nobody is taken for gone meanwhile. */
const AT_ONCE = 5;

/** A new app, whose key is typed, and a new sheet, written by hand. Both count together, when the app has shown that it works, and nothing before. */
export async function setUpFactors(at: AtStep): Promise<StepEnd> {
  const { screen, portal, now, path, newFactorsOf: of } = at;
  screen.title(NEW_FACTORS_WORDS.title);
  screen.say(now.next.message);
  if (now.next.until !== undefined) screen.say(`You have until ${moment(now.next.until)}.`);
  const where = await screen.choose(WHERE);
  if (where === undefined) return 'other';
  if (where === 'elsewhere') return elsewhere(at);
  const { account, app, codes } = await portal.get(`${path}/new-factors?of=${of}`, newFactors);

  screen.say('', `1. Your new app. ${NEW_FACTORS_WORDS.keyByHand}`, appKindInWords(app));
  screen.code('The key, group by group', ...app.key.split(' '));
  screen.say(`It has letters and the digits 2 to 7, no zero and no one. ${NEW_FACTORS_WORDS.secret}`);
  await screen.ask({ label: 'When the app has it, press Enter' });

  screen.say('', `2. Write down your recovery codes. ${NEW_FACTORS_WORDS.once} Each works once.`);
  for (let from = 0; from < codes.length; from += AT_ONCE) {
    const shown = codes.slice(from, from + AT_ONCE);
    screen.code(`Recovery codes of ${account}, ${from + 1} to ${from + shown.length} of ${codes.length}`, ...shown);
    await screen.ask({ label: 'When you have written these down, press Enter' });
  }

  screen.say('', '3. Show that the app works, and that you have the codes.', NEW_FACTORS_WORDS.forGood);
  return confirmed(at);
}

async function confirmed({ screen, portal, path, newFactorsOf: of }: AtStep): Promise<StepEnd> {
  for (;;) {
    const name = await screen.ask(TYPED.appName);
    if (name === undefined) return 'other';
    if (sayWrong(screen, nameProblems(name))) continue;
    for (;;) {
      const code = await screen.ask({ label: NEW_FACTORS_WORDS.newDigits, unseen: true });
      if (code === undefined) return 'other';
      if (sayWrong(screen, newDigitsProblems(code))) continue;
      const counts = await told(screen, portal.post(`${path}/new-factors`, { of, name, code }, moved), ['app-code-not-accepted']);
      if (counts) return 'look';
    }
  }
}

async function elsewhere({ screen, portal }: AtStep): Promise<StepEnd> {
  screen.say(
    '',
    `Open ${portal.origin}/reset/resume on any computer of the bank, with your reference and another fresh code from the help desk.`,
  );
  await screen.ask({ label: 'Press Enter to go back to the login' });
  return 'ended';
}
