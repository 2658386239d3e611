import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { breakGlassStatement } from '#domain/break-glass-statement.ts';
import { shownText } from '#domain/decision-statement.ts';
import { Refusal, type RefusalCode } from '#domain/refusals.ts';
import { commitment } from '#evidence/leaf.ts';
import type { BreakGlassMessage } from '#workflows/messages.ts';
import { actorOf } from './actor.ts';
import { glassColumns, glassLines, type GlassReset } from './break-glass-view.ts';
import type { ConsoleDeps } from './console-deps.ts';
import { decisionCeremony, decisionSignature, lastPublished, sealedSignature } from './decision-ceremony.ts';
import { stateReason } from './decisions.ts';
import { endpoint, signedIn } from './endpoint.ts';
import { beginCeremony, confirmationWith, ownKeys } from './own-keys.ts';
import { recordRefusal } from './refused-deed.ts';
import { byId, operation } from './shapes.ts';
import { methodsOf } from './timeline.ts';
import { reason } from './typed.ts';
import { updateIdOf } from './update-id.ts';

/** `unwitnessed`: also before the witnesses have cosigned. */
const stated = { reason, unwitnessed: z.boolean() };
const refusals = [
  'not-found',
  'break-glass-not-allowed',
  'break-glass-closed',
  'break-glass-differs',
  'officer-needed',
  'eligible-too-late',
  'own-account',
  'issued-the-code',
  'already-decided',
  'recently-reset',
  'factors-replaced',
  'approver-not-active',
  'account-changed',
  'passkey-needed',
  'passkey-not-accepted',
  'passkey-not-verified',
  'passkey-synced',
  'ceremony-over',
  'service-unavailable',
  'too-many-requests',
] as const satisfies readonly RefusalCode[];

/** Security officers let a reset go on without its approvers. Whether a signature counts is said by the verifier, and the writer checks it again. */
export function breakGlassEndpoints({ db, hash, sealer, engine, admission, relyingParty }: ConsoleDeps) {
  const find = async (id: string): Promise<{ reset: GlassReset; glass: { id: string; officers: number } }> => {
    const reset = await db.reset.findUnique({ where: { id }, select: glassColumns });
    if (!reset) throw new Refusal('not-found');
    const glass = await db.breakGlass.findUnique({ where: { resetId: id }, select: { id: true, officers: true } });
    if (!glass) throw new Refusal('break-glass-not-allowed');
    return { reset, glass };
  };
  return {
    begin: endpoint(
      {
        summary: "Begin to sign break-glass: the statement that is signed with one's own key, and the lines that were shown",
        access: ['security-officer'],
        params: byId,
        body: z.strictObject(stated),
        replies: { 201: { description: 'What is to be signed, once, within minutes', schema: decisionCeremony } },
        refusals: ['not-found', 'break-glass-not-allowed', 'break-glass-closed', 'passkey-needed', 'too-many-requests'],
        keepNoAnswer: true,
      },
      async (ask) => {
        const { account } = signedIn(ask);
        await admission.step(`ceremonies of ${account}`);
        const { reset, glass } = await find(ask.params.id);
        const { runId, accountGuid, policySha256, ruleId } = reset;
        if (reset.endedAt !== null || !runId || !accountGuid || !policySha256 || !ruleId) throw new Refusal('break-glass-closed');
        const keys = await ownKeys(db, account);
        if (keys.length === 0) throw new Refusal('passkey-needed');
        const { unwitnessed } = ask.body;
        const methods = await methodsOf(db, [reset.id]);
        const shown = glassLines(reset, methods.get(reset.id), { officers: glass.officers, unwitnessed });
        const why = await stateReason(db, hash, { approval: glass.id, person: account, typed: ask.body.reason });
        const { ceremony, notAfter } = await beginCeremony(db, account, `break-glass/${glass.id}`);
        const salt = randomBytes(16);
        const statement = breakGlassStatement({
          breakGlass: glass.id,
          reset: reset.id,
          run: runId,
          account: accountGuid,
          operation: operation.parse(reset.operation),
          officer: account,
          unwitnessed,
          reason: why.digest,
          policy: { sha256: policySha256, rule: ruleId },
          shown: commitment(shownText(shown), salt),
          nonce: ceremony,
          notAfter,
          evidence: await lastPublished(db),
        });
        const salts = { salt: salt.toString('base64'), reasonSalt: why.salt };
        return { status: 201, body: { ceremony, statement, shown, ...salts, confirmation: confirmationWith(relyingParty, keys) } };
      },
    ),

    sign: endpoint(
      {
        summary: "Sign break-glass with one's own key: with enough officers the reset goes on without its approvers, and a review is open",
        access: ['security-officer'],
        params: byId,
        body: z.strictObject({ ...stated, signature: decisionSignature }),
        replies: {
          200: {
            description: 'The signature counts',
            schema: z.object({ state: z.enum(['opened', 'given']), message: z.string() }),
          },
        },
        refusals,
      },
      async (ask) => {
        const session = signedIn(ask);
        const { reason: typed, unwitnessed } = ask.body;
        const { reset, glass } = await find(ask.params.id);
        await admission.step(`decisions of ${session.account}`);
        const { digest } = await stateReason(db, hash, { approval: glass.id, person: session.account, typed });
        const signature = sealedSignature(ask.body.signature);
        const said = { officer: session.account, unwitnessed, reason: digest };
        // Crash from here on: nothing is signed until the update is accepted; the same request, sent again, has the same update id.
        const value = { ...signature, ...said, source: ask.source };
        const sealed = await sealer.seal(db, { recipient: 'verifier', purpose: 'break-glass', subject: reset.id, value });
        const message: BreakGlassMessage = { ...said, sealed: sealed.id };
        const updateId = updateIdOf(hash, {
          nonce: ask.nonce,
          route: 'break-glass',
          reset: reset.id,
          typed: JSON.stringify({ ...said, signature }),
        });
        const reply = await engine.update(reset.id, 'breakGlass', updateId, message);
        if (reply === 'closed') {
          const leaf = { type: 'break-glass.refused', reset: reset.id, reason: 'break-glass-closed' } as const;
          await recordRefusal(db, { ...leaf, actor: actorOf(session), personal: { address: ask.source } });
          throw new Refusal('break-glass-closed');
        }
        if (reply.outcome === 'refused') throw new Refusal(reply.code);
        const row = await db.breakGlass.findUnique({ where: { id: glass.id }, select: { state: true } });
        return row?.state === 'given'
          ? { status: 200, body: { state: 'given', message: 'Signed by enough officers. The reset goes on, and its review is open.' } }
          : {
              status: 200,
              body: {
                state: 'opened',
                message: 'Your signature is recorded. Another security officer has to sign before anything changes. A review is open.',
              },
            };
      },
    ),
  };
}
