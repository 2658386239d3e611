import { KEEP_REFERENCE } from '#domain/asked-words.ts';
import { isArrival, waitTitle, WHY_THE_WAIT } from '#domain/wait-words.ts';
import type { NextStep } from './answers.ts';
import { moment } from './moment.ts';
import type { AtStep, StepEnd } from './at-step.ts';

/** Shows what is waited for, and goes on by itself when that has come, whatever is being typed. */
export async function wait({ screen, portal, now, path }: AtStep): Promise<StepEnd> {
  const { next } = now;
  const isShort = next.for === 'directory' || isArrival(next.for);
  screen.title(waitTitle(next));
  screen.say(next.message);
  if (next.until !== undefined) screen.say(`Until ${moment(next.until)}.`);
  if (next.for === 'cooling-off') screen.say(WHY_THE_WAIT);
  if (!isShort) {
    screen.code('Your reference', now.reference);
    screen.say(KEEP_REFERENCE);
    if (next.requestCode !== undefined) {
      screen.code('Your request code', next.requestCode);
      screen.say('Whoever decides may ask you for your request code: their screen shows the same one.');
    }
  }
  screen.say('', 'This screen goes on by itself.');
  return untilNews({ screen, portal, path, next });
}

async function untilNews({
  screen,
  portal,
  path,
  next,
}: Pick<AtStep, 'screen' | 'portal' | 'path'> & { next: NextStep }): Promise<StepEnd> {
  const over = new AbortController();
  let isNews = false;
  const watching = portal.watch(`${path}/events`, over.signal, (told) => {
    if (sameness(told) === sameness(next)) return;
    isNews = true;
    over.abort();
  });
  try {
    await screen.ask({ label: 'Press Enter for other choices', signal: over.signal });
    return isNews ? 'look' : 'other';
  } finally {
    over.abort();
    await watching;
  }
}

const sameness = ({ step, for: whom, until, message }: NextStep): string => JSON.stringify([step, whom, until, message]);
