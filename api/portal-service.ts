import type { Next } from '#domain/next.ts';
import { CLAIMANT_PURPOSE, CLAIMANT_TAG, claimantStatement } from '#domain/passkey.ts';
import { Refusal } from '#domain/refusals.ts';
import { requestCode } from '#domain/request-code.ts';
import { isTerminal } from '#domain/reset-state.ts';
import { parseTicket } from '#evidence/card-ticket.ts';
import { heldReset, nextOf, type HeldReset } from './held-reset.ts';
import { newFactors, replaceFactors } from './portal-new-factors.ts';
import { cardAddress, openingOf } from './card-offer.ts';
import { challengeDevice, noteSourceDevice } from './portal-at-device.ts';
import { beginReset } from './portal-begin.ts';
import { chooseResetPassword } from './portal-password.ts';
import { resumeReset } from './portal-resume.ts';
import { waysBack } from './portal-return.ts';
import type { PortalDeps } from './portal-deps.ts';
import type { Holder, PortalFlow } from './portal-flow.ts';
import { hasOneWayIn } from './own-ways-in.ts';
import { recoveryCodesLeft } from './recovery-codes-left.ts';
import { challengeFor, openedCeremony } from './own-keys.ts';
import { passwordRulesOf, rulesToShow } from './password-check.ts';
import { recordRefusal } from './refused-deed.ts';
import { RefusedStep } from './refused-step.ts';
import { ownDevices } from './portal-devices.ts';
import { signInTold } from './sign-in-told.ts';
import { toldToOthers } from './told-to-others.ts';
import { updateIdOf } from './update-id.ts';
import { afterwardsOf } from './watch-view.ts';

/** What a claimant can do, for the pages and for JSON alike. Nothing typed goes further than into a sealed row. */
export function createPortalFlow(deps: PortalDeps): PortalFlow {
  const { db, hash, engine, admission, sealer } = deps;

  const ended = async (held: HeldReset): Promise<never> => {
    await recordRefusal(db, { type: 'reset.not-now', reset: held.id, actor: { type: 'claimant' }, reason: 'reset-ended' });
    throw new RefusedStep('reset-ended', held.next);
  };

  /** One typed value on its way to the verifier. Crash after sealing: the row expires in a minute, nobody has read it. */
  const typedStep = async (of: {
    holder: Holder & { nonce: string };
    update: 'prove' | 'checkFactor';
    purpose: 'proof' | 'factor';
    /** What was typed, by which a repeated request is known. */
    typed: string;
    sealed: (reset: string) => object;
  }): Promise<Next> => {
    const held = await heldReset(db, hash, of.holder);
    await admission.step(held.id);
    await admission.attempt(of.holder.source);
    if (isTerminal(held.state)) return await ended(held);
    const value = { ...of.sealed(held.id), source: of.holder.source };
    const sealed = await sealer.seal(db, { recipient: 'verifier', purpose: of.purpose, subject: held.id, value });
    const updateId = updateIdOf(hash, { nonce: of.holder.nonce, route: of.update, reset: held.id, typed: of.typed });
    return nextOf(db, held.id, await engine.update(held.id, of.update, updateId, { sealed: sealed.id }));
  };

  return {
    begin: (ask) => beginReset(deps, ask),
    resume: (ask) => resumeReset(deps, ask),
    waysBack: (ask) => waysBack(deps, ask),
    choosePassword: (ask) => chooseResetPassword(deps, ask),
    prove: ({ proof, value, ...holder }) =>
      typedStep({
        holder,
        update: 'prove',
        purpose: 'proof',
        // Of a password not even a keyed hash is kept.
        typed: proof === 'known-password' ? proof : `${proof} ${value}`,
        sealed: () => ({ method: proof, value }),
      }),
    proveByDevice: ({ ceremony, statement, signature, ...holder }) =>
      typedStep({
        holder,
        update: 'prove',
        purpose: 'proof',
        typed: `known-device ${ceremony} ${signature}`,
        sealed: () => ({ method: 'known-device', ceremony, statement, signature }),
      }),
    async deviceChallenge({ purpose, ...holder }) {
      const held = await heldReset(db, hash, holder);
      await admission.step(held.id);
      if (isTerminal(held.state)) return await ended(held);
      return challengeDevice(db, held.id, purpose);
    },
    async atDevice(ask) {
      const held = await heldReset(db, hash, ask);
      await admission.step(held.id);
      if (isTerminal(held.state)) return await ended(held);
      return noteSourceDevice(deps, held.id, ask);
    },
    async checkFactor({ factor, value, ...holder }) {
      const step = { holder, update: 'checkFactor', purpose: 'factor', typed: `${factor} ${value}` } as const;
      if (factor !== 'smart-card') return typedStep({ ...step, sealed: () => ({ method: factor, value }) });
      const ticket = parseTicket(value);
      if (!ticket) throw new Refusal('bad-request');
      // A handle made for another browser opens with another secret.
      return typedStep({
        ...step,
        sealed: (reset) => ({ card: { ...ticket, opening: openingOf(hash, reset, holder.browserToken ?? '') } }),
      });
    },
    checkKey: ({ ceremony, assertion, ...holder }) => {
      const value = { ceremony, assertion };
      return typedStep({
        holder,
        update: 'checkFactor',
        purpose: 'factor',
        typed: `passkey ${JSON.stringify(value)}`,
        sealed: () => value,
      });
    },

    async challenge(holder) {
      const held = await heldReset(db, hash, holder);
      const ceremony = await openedCeremony(db, held.id, CLAIMANT_PURPOSE);
      return challengeFor(deps.relyingParty, ceremony, CLAIMANT_TAG, claimantStatement(ceremony));
    },

    async chooseOperation(ask) {
      const held = await heldReset(db, hash, ask);
      await admission.step(held.id);
      if (isTerminal(held.state)) return await ended(held);
      const { operation } = ask;
      // Sealed like what is typed: nobody between here and the verifier can turn the one into the other.
      const value = { operation, source: ask.source };
      const sealed = await sealer.seal(db, { recipient: 'verifier', purpose: 'operation', subject: held.id, value });
      const updateId = updateIdOf(hash, { nonce: ask.nonce, route: 'chooseOperation', reset: held.id, typed: operation });
      return nextOf(db, held.id, await engine.update(held.id, 'chooseOperation', updateId, { sealed: sealed.id }));
    },

    async loseFactors(ask) {
      const held = await heldReset(db, hash, ask);
      await admission.step(held.id);
      if (isTerminal(held.state)) return await ended(held);
      const value = { operation: 'replace-factors', source: ask.source };
      const sealed = await sealer.seal(db, { recipient: 'verifier', purpose: 'operation', subject: held.id, value });
      const updateId = updateIdOf(hash, { nonce: ask.nonce, route: 'loseFactors', reset: held.id, typed: '' });
      return nextOf(db, held.id, await engine.update(held.id, 'loseFactors', updateId, { sealed: sealed.id }));
    },
    newFactors: (holder, of) => newFactors(deps, holder, of),
    replaceFactors: (ask) => replaceFactors(deps, ask),

    async progress(holder) {
      const held = await heldReset(db, hash, holder);
      const { reference, state, next, passwordRules, signIn, updatedAt, accountGuid } = held;
      return {
        reference,
        state,
        next,
        requestCode: requestCode(held.id),
        since: updatedAt,
        ...(state === 'choosing-password' ? rulesToShow(passwordRulesOf(passwordRules)) : { passwordRules: [] }),
        signInLimits: signInTold(signIn, next, new Date()),
        ...(asksForCard(held) && deps.cards?.isOn() && holder.browserToken !== undefined
          ? { cardAddress: cardAddress(deps.cards, hash, { id: held.id, reference, browserToken: holder.browserToken }) }
          : {}),
        ...(next.step === 'done' && accountGuid
          ? { recoveryCodesLeft: await recoveryCodesLeft(db, accountGuid), oneWayIn: await hasOneWayIn(db, accountGuid) }
          : {}),
        told: await toldToOthers(db, held),
        ...(next.step === 'done' && (next.operation ?? 'new-password') === 'new-password'
          ? { devices: await ownDevices(db, held.id) }
          : {}),
        afterwards: next.step === 'done' ? await afterwardsOf(db, held.id) : null,
      };
    },

    async cancel(ask) {
      const held = await heldReset(db, hash, ask);
      await admission.step(held.id);
      if (isTerminal(held.state)) return await ended(held);
      const updateId = updateIdOf(hash, { nonce: ask.nonce, route: 'cancel', reset: held.id, typed: '' });
      return nextOf(db, held.id, await engine.update(held.id, 'cancel', updateId));
    },
  };
}

function asksForCard({ next }: HeldReset): boolean {
  return next.step === 'factor' && (next.choices?.includes('smart-card') ?? false);
}
