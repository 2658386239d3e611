import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { normaliseReference } from '#domain/codes.ts';
import { Refusal } from '#domain/refusals.ts';
import { browserHashOf, newBrowserToken } from './held-reset.ts';
import type { PortalDeps } from './portal-deps.ts';
import type { Begun, PortalFlow } from './portal-flow.ts';
import { recordRefusal } from './refused-deed.ts';
import { updateIdOf } from './update-id.ts';

/** No refusal comes sooner than this, so that its time does not tell whether the reference exists; a check takes about a tenth of it. */
const REFUSAL_FLOOR_MS = 1000;

type Ask = Parameters<PortalFlow['resume']>[0];

/** The claimant comes back with the reference and a fresh code, and this browser holds the reset from now on. Throws `resume-refused` for whatever is wrong. */
export async function resumeReset(deps: PortalDeps, ask: Ask): Promise<Begun> {
  await deps.admission.resume(ask.source);
  const floor = sleep(REFUSAL_FLOOR_MS);
  const begun = await tryResume(deps, ask);
  if (begun) return begun;
  await floor;
  throw new Refusal('resume-refused');
}

async function tryResume(
  { db, hash, sealer, engine, admission, hear }: PortalDeps,
  { reference: typed, factor, value, nonce, source }: Ask,
): Promise<Begun | undefined> {
  const reference = normaliseReference(typed) ?? 'none';
  const row = await db.reset.findUnique({ where: { reference }, select: { id: true, endedAt: true } });
  // Also sealed when nobody will open it: the same work for an unknown reference.
  const reset = row?.id ?? randomUUID();
  await admission.step(reset);
  // What was typed is bound to this very request: a worker that keeps it back cannot earn a word for its own request with it.
  const updateId = updateIdOf(hash, { nonce, route: 'resume', reset, typed: `${factor} ${value}` });
  const sealed = await sealer.seal(db, {
    recipient: 'verifier',
    purpose: 'resume',
    subject: reset,
    value: { method: factor, value, update: updateId, source },
  });
  if (!row || row.endedAt !== null) {
    await recordRefusal(db, {
      type: 'resume.checked',
      ...(row ? { reset: row.id } : {}),
      actor: { type: 'claimant' },
      reason: row ? 'reset-ended' : 'unknown reference',
      personal: { address: source },
    });
    return undefined;
  }
  const reply = await engine.update(reset, 'resume', updateId, { sealed: sealed.id });
  if (reply === 'closed') return undefined;
  if (reply.outcome === 'refused') {
    if (reply.code === 'service-unavailable') throw new Refusal('service-unavailable', { retryAfterSeconds: 10 });
    return undefined;
  }
  // The reset changes hands: only the verifier's own word that the claimant is back will do.
  if (!hear('resumed', reply.word, { reset, update: updateId })) return undefined;
  const browserToken = newBrowserToken();
  await db.reset.update({ where: { id: reset }, data: { browserHash: browserHashOf(hash, reset, browserToken) }, select: { id: true } });
  return { reference, browserToken, next: reply.next };
}
