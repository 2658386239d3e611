import { AT_ITS_LOGIN_SCREEN, howToVouch, LOST_WORDS, noneInWords, PROOF_WORDS, TYPED } from '#domain/asked-words.ts';
import { problemLines } from '#domain/form-problems.ts';
import { digitsProblems, proofProblems } from '#domain/form-shape.ts';
import { CODE_FACTORS, OFFERED_PROOFS, type OfferedProof, type ProofMethod } from '#domain/next.ts';
import { moved } from './answers.ts';
import type { AtStep, StepEnd } from './at-step.ts';
import { proveByDevice } from './known-here.ts';
import { sayWrong, told } from './say-wrong.ts';

/** Refusals of what was typed: the same step is open, and may be tried again. */
const NOT_THAT = ['proof-not-accepted', 'factor-not-accepted'];

/** The same choices for everybody; which of them an account really has is nobody's business yet. */
export async function prove(at: AtStep): Promise<StepEnd> {
  const { screen, now } = at;
  screen.title('Show that it is you');
  screen.say(now.next.message, '');
  const kinds = kindsHere(at);
  if (kinds.length === 0) screen.say(AT_ITS_LOGIN_SCREEN);
  screen.say(`None of these? ${noneInWords(isFirst(at))}`, '');
  const kind = kinds.length === 0 ? undefined : await screen.choose(kinds.map((value) => ({ value, ...PROOF_WORDS[value] })));
  if (kind === undefined) return 'other';
  if (kind === 'known-device') return proveByDevice(at, NOT_THAT);
  const typed = await typedFor(at, kind);
  if (typed === undefined) return 'other';
  const checked = proofProblems(kind, { code: typed, colleague: typed, knownPassword: typed });
  if ('codes' in checked) screen.say(...problemLines(checked).map(({ words }) => words));
  else await told(screen, at.portal.post(`${at.path}/proofs`, checked, moved), NOT_THAT);
  return 'look';
}

/** What is asked for that can be shown here: what everybody is offered, and this computer's own word where the policy takes it. */
function kindsHere({ now, knownDevice }: AtStep): ProofMethod[] {
  const device = knownDevice && (isFirst({ now }) || isAsked(now, 'known-device'));
  return [...OFFERED_PROOFS.filter((kind) => isAsked(now, kind)), ...(device ? ['known-device' as const] : [])];
}

const isAsked = ({ next }: AtStep['now'], kind: ProofMethod): boolean => next.choices?.includes(kind) ?? true;

/** Nothing was shown yet: everybody is offered everything. */
const isFirst = ({ now }: Pick<AtStep, 'now'>): boolean => OFFERED_PROOFS.every((kind) => isAsked(now, kind));

function typedFor({ screen, now, portal }: AtStep, kind: OfferedProof): Promise<string | undefined> {
  if (kind === 'known-password') return screen.ask({ ...TYPED.knownPassword, unseen: true });
  if (kind !== 'vouching') return screen.ask({ ...TYPED.code, unseen: true });
  screen.say('', howToVouch(portal.origin));
  screen.code('Request code', now.requestCode);
  return screen.ask(TYPED.colleague);
}

/** A code that is typed. What needs a reader or a touch is said, and never tried here. */
export async function showFactor(at: AtStep): Promise<StepEnd> {
  const { screen, now, portal, path } = at;
  screen.title('Confirm with what you hold');
  screen.say(now.next.message, '');
  const byDigits = now.next.choices?.some((choice) => CODE_FACTORS.some((one) => one === choice)) ?? true;
  const byOthers = now.next.choices?.filter((choice) => !CODE_FACTORS.some((one) => one === choice)) ?? [];
  if (byOthers.length > 0)
    screen.say(
      `A security key or a smart card cannot be shown at this screen. To use one, leave, and start again at ${portal.origin} on another computer.`,
    );
  if (!byDigits) return 'other';
  screen.say('Have you lost everything that makes codes? Then press Enter alone: you are told what you can do.', '');
  const typed = await screen.ask({ ...TYPED.digits, unseen: true });
  if (typed === undefined) return lost(at);
  if (!sayWrong(screen, digitsProblems(typed)))
    await told(screen, portal.post(`${path}/factors`, { factor: 'totp', value: typed }, moved), NOT_THAT);
  return 'look';
}

async function lost({ screen, portal, path }: AtStep): Promise<StepEnd> {
  const chosen = await screen.choose([
    { value: 'other', label: 'Go on, leave or cancel' },
    { value: 'lost', label: LOST_WORDS.question, hint: LOST_WORDS.hint },
  ]);
  if (chosen !== 'lost') return 'other';
  const sure = await screen.choose([
    { value: 'yes', label: LOST_WORDS.yes },
    { value: 'no', label: 'No, go on' },
  ]);
  if (sure === 'yes') await portal.post(`${path}/lost-factors`, {}, moved);
  return 'look';
}
