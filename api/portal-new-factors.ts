import type { Next } from '#domain/next.ts';
import { Refusal } from '#domain/refusals.ts';
import { isTerminal } from '#domain/reset-state.ts';
import { appShown, newCodesFor, newSecret } from './before-it-counts.ts';
import { heldReset, nextOf } from './held-reset.ts';
import type { PortalDeps } from './portal-deps.ts';
import type { Holder, NewFactors, PortalFlow } from './portal-flow.ts';
import { recordRefusal } from './refused-deed.ts';
import { RefusedStep } from './refused-step.ts';
import { updateIdOf } from './update-id.ts';

/** What a claimant who is back sets up: shown to the browser that came back, and to no other. Throws `not-now` before that. */
export async function newFactors({ db, hash, app }: PortalDeps, holder: Holder, of: string): Promise<NewFactors> {
  const held = await heldReset(db, hash, holder);
  const token = holder.browserToken;
  if (held.next.step !== 'set-up-factors' || token === undefined) throw new RefusedStep('not-now', held.next);
  const row = await db.reset.findUniqueOrThrow({ where: { id: held.id }, select: { accountName: true } });
  const account = row.accountName ?? '';
  return { account, app: appShown(newSecret(hash, token, of, app.algorithm), account, app), codes: newCodesFor(hash, token, of) };
}

/** Seals the new app and codes to the verifier, with what the app shows. The verifier alone judges whether they may count. */
export async function replaceFactors(deps: PortalDeps, ask: Parameters<PortalFlow['replaceFactors']>[0]): Promise<Next> {
  const { db, hash, app, sealer, engine, admission } = deps;
  const held = await heldReset(db, hash, ask);
  await admission.step(held.id);
  await admission.attempt(ask.source);
  if (isTerminal(held.state)) {
    await recordRefusal(db, { type: 'reset.not-now', reset: held.id, actor: { type: 'claimant' }, reason: 'reset-ended' });
    throw new RefusedStep('reset-ended', held.next);
  }
  if (ask.browserToken === undefined) throw new Refusal('wrong-browser');
  const { of, name, code, source } = ask;
  const totp = { secret: newSecret(hash, ask.browserToken, of, app.algorithm), ...app };
  const value = { totp, code, name, recoveryCodes: newCodesFor(hash, ask.browserToken, of), source };
  const sealed = await sealer.seal(db, { recipient: 'verifier', purpose: 'new-factors', subject: held.id, value });
  const updateId = updateIdOf(hash, { nonce: ask.nonce, route: 'replaceFactors', reset: held.id, typed: `${of} ${code} ${name}` });
  return nextOf(db, held.id, await engine.update(held.id, 'replaceFactors', updateId, { sealed: sealed.id }));
}
