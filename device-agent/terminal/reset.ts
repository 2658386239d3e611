import { randomBytes } from 'node:crypto';
import { CANCEL_WORDS, KEEP_REFERENCE } from '#domain/asked-words.ts';
import { isRefusalCode } from '#domain/refusals.ts';
import { moved, type NextStep, progress, Told } from './answers.ts';
import type { AtStep, StepEnd, Visit } from './at-step.ts';
import { chooseOperation, choosePassword } from './choosing.ts';
import { good, stopped } from './ends.ts';
import { sayWhere } from './known-here.ts';
import { comeBack, setUpFactors } from './new-factors.ts';
import { prove, showFactor } from './proving.ts';
import { wait } from './waiting.ts';

/** A reset that this screen holds; its account is known here when it was begun here. */
export interface Opened {
  reference: string;
  account: string | undefined;
}

/** Walks a reset from whatever step is open to its end. `left`: whoever was here is done; `again`: back to the first question. */
export async function walkReset(at: Visit, { reference, account }: Opened): Promise<'left' | 'again'> {
  const { screen } = at;
  const path = `/resets/${reference}`;
  screen.code('Your reference', reference);
  screen.say(KEEP_REFERENCE);
  const knownDevice = await sayWhere(at, path);
  const newFactorsOf = randomBytes(16).toString('base64url');
  for (;;) {
    try {
      const now = await at.portal.get(path, progress);
      const step = { ...at, now, path, account, knownDevice, newFactorsOf };
      const end = await STEPS[now.next.step](step);
      if (end === 'ended') return 'left';
      if (end === 'other' && (await other(step)) === 'left') return 'left';
    } catch (error) {
      if (!(error instanceof Told)) throw error;
      const over = await afterNo(at, error);
      if (over) return over;
    }
  }
}

const STEPS: Readonly<Record<NextStep['step'], (at: AtStep) => Promise<StepEnd>>> = {
  prove,
  factor: showFactor,
  wait,
  'choose-operation': chooseOperation,
  'choose-password': choosePassword,
  'come-back': comeBack,
  'set-up-factors': setUpFactors,
  done: good,
  refused: stopped,
};

/** A "no" that is the end of this screen's hold on the reset, or one after which it goes on; an end of the reset is a step that is shown. */
async function afterNo({ screen, settings }: Visit, { code, lines, goesOn }: Told): Promise<'left' | 'again' | undefined> {
  screen.say('', ...lines);
  if (goesOn) return undefined;
  const isOver = isRefusalCode(code) && !['service-unavailable', 'site-busy', 'too-many-requests', 'incident', 'not-now'].includes(code);
  const chosen = await screen.choose([
    ...(isOver ? [{ value: 'again', label: 'Go to the first question' } as const] : [{ value: 'retry', label: 'Try again' } as const]),
    { value: 'left', label: `Leave, and speak to ${settings.helpDesk}` },
  ]);
  return chosen === 'left' ? 'left' : isOver ? 'again' : undefined;
}

async function other({ screen, portal, now, path }: AtStep): Promise<'left' | undefined> {
  screen.title('Other choices');
  const chosen = await screen.choose([
    { value: 'on', label: 'Go on where I was' },
    { value: 'leave', label: 'Leave; I come back with my reference', hint: 'Nothing is kept on this computer.' },
    {
      value: 'cancel',
      label: CANCEL_WORDS.question,
      hint: now.next.oldPassword === 'ended' ? CANCEL_WORDS.hintWhenEnded : CANCEL_WORDS.hint,
    },
  ]);
  if (chosen === 'cancel') {
    const sure = await screen.choose([
      { value: 'yes', label: CANCEL_WORDS.yes },
      { value: 'no', label: 'No, go on' },
    ]);
    if (sure === 'yes') await portal.post(`${path}/cancel`, {}, moved);
  }
  return chosen === 'leave' ? 'left' : undefined;
}
