import { setTimeout as sleep } from 'node:timers/promises';
import { normaliseReference } from '#domain/codes.ts';
import type { Next } from '#domain/next.ts';
import { Refusal } from '#domain/refusals.ts';
import type { ReturnAnswer, ReturnAsked, SignedWord } from '#workflows/messages.ts';
import { browserHashOf, newBrowserToken, resetNow, type HeldReset } from './held-reset.ts';
import { uuidOf } from './keyed-hash.ts';
import type { PortalDeps } from './portal-deps.ts';
import type { Begun, PortalFlow } from './portal-flow.ts';
import { shownInReturn } from './portal-return.ts';
import { recordRefusal } from './refused-deed.ts';
import { updateIdOf } from './update-id.ts';

/** No refusal comes sooner than this, so that its time does not tell whether the reference exists; a check takes about a tenth of it. */
const REFUSAL_FLOOR_MS = 1000;

type Ask = Parameters<PortalFlow['resume']>[0];

const columns = { id: true, runId: true, accountGuid: true, policySha256: true, endedAt: true } as const;
type Row = Pick<HeldReset, 'runId' | 'accountGuid' | 'policySha256'>;

/**
 * The claimant comes back with the reference and a fresh code, key or card, and this browser holds the reset from now on; of a reset
 * that has ended meanwhile it learns how it ended. Throws `resume-refused` for whatever is wrong.
 */
export async function resumeReset(deps: PortalDeps, ask: Ask): Promise<Begun> {
  await deps.admission.resume(ask.source);
  const floor = sleep(REFUSAL_FLOOR_MS);
  const begun = await tryResume(deps, ask);
  if (begun) return begun;
  await floor;
  throw new Refusal('resume-refused');
}

async function tryResume(deps: PortalDeps, { reference: typed, nonce, source, ...shown }: Ask): Promise<Begun | undefined> {
  const { db, hash, sealer, admission, hear } = deps;
  const offered = shownInReturn(hash, shown);
  const reference = normaliseReference(typed) ?? 'none';
  const row = await db.reset.findUnique({ where: { reference }, select: columns });
  // Also counted and sealed when nobody will open it: the same work and the same limit for a reference that is nobody's.
  const reset = row?.id ?? uuidOf(hash('no-reset', normaliseReference(typed) ?? typed));
  await admission.step(reset);
  // What was typed is bound to this very request: a worker that keeps it back cannot earn a word for its own request with it.
  const updateId = updateIdOf(hash, { nonce, route: 'resume', reset, typed: offered.typed });
  const sealed = await sealer.seal(db, {
    recipient: 'verifier',
    purpose: 'resume',
    subject: reset,
    value: { ...offered.sealed(reset), update: updateId, source },
  });
  if (!row) {
    await recordRefusal(db, {
      type: 'resume.checked',
      actor: { type: 'claimant' },
      reason: 'unknown reference',
      personal: { address: source },
    });
    return undefined;
  }
  const asked = { reset, updateId, sealed: sealed.id, source };
  const back = row.endedAt === null ? await whileOpen(deps, asked) : 'ended';
  const { word, next } = back === 'ended' ? await afterTheEnd(deps, row, asked) : back;
  // The reset changes hands: only the verifier's own word that the claimant is back will do.
  if (!hear('resumed', word, { reset, update: updateId })) return undefined;
  const browserToken = newBrowserToken();
  await db.reset.update({ where: { id: reset }, data: { browserHash: browserHashOf(hash, reset, browserToken) }, select: { id: true } });
  return { reference, browserToken, next: next ?? (await resetNow(db, reset)).next };
}

interface Asked {
  reset: string;
  updateId: string;
  sealed: string;
  source: string;
}
/** What came of a check: without the verifier's word nothing did. */
interface Back {
  word?: SignedWord;
  next?: Next;
}

/** Asks the reset's own workflow; 'ended' when it ended before it came to this. */
async function whileOpen({ engine }: PortalDeps, { reset, updateId, sealed }: Asked): Promise<Back | 'ended'> {
  const reply = await engine.update(reset, 'resume', updateId, { sealed });
  if (reply === 'closed') return 'ended';
  if (reply.outcome === 'ok') return reply;
  if (reply.code === 'service-unavailable') throw new Refusal('service-unavailable', { retryAfterSeconds: 10 });
  return reply.code === 'reset-ended' ? 'ended' : {};
}

/** The reset's workflow is closed: a short one of its own asks the verifier, who judges whether there is anything to tell and to whom. */
async function afterTheEnd(
  { db, engine }: PortalDeps,
  { runId, policySha256, accountGuid }: Row,
  { reset, updateId, sealed, source }: Asked,
): Promise<Back> {
  // It ended before anybody was looked up: nobody can have proven anything in it.
  if (runId === null || policySha256 === null) {
    await recordRefusal(db, {
      type: 'resume.checked',
      reset,
      actor: { type: 'claimant' },
      reason: 'reset-ended',
      personal: { address: source },
    });
    return {};
  }
  const asked: ReturnAsked = { reset, run: runId, updateId, sealed, account: accountGuid };
  const answer = await engine.run<ReturnAnswer>('learnOutcome', `outcome/${reset}/${updateId}`, asked);
  return answer.outcome === 'passed' ? { word: answer.word } : {};
}
