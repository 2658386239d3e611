import { z } from 'zod';
import { CARD_REFUSALS, type CardRefusal } from '#domain/card-refusals.ts';
import { Refusal, type RefusalCode } from '#domain/refusals.ts';
import type { DecisionMessage, Reply } from '#workflows/messages.ts';
import { approvalInContext, contextOf } from './approval-context.ts';
import { approvalColumns, approvalSchema, approvalState, behalfOf, isTheirs, linesOf, type ApprovalRow } from './approvals-view.ts';
import type { ConsoleDeps } from './console-deps.ts';
import { beginDecision, cardSignature, decisionCeremony, decisionSignature, sealedSignature } from './decision-ceremony.ts';
import { stateReason } from './decisions.ts';
import { endpoint, signedIn } from './endpoint.ts';
import { actorOf } from './actor.ts';
import { inboxPage, viewsOf } from './inbox-page.ts';
import { INBOX_PARTS, seesAll } from './inbox-rows.ts';
import { runningTo } from './reached-by-delegation.ts';
import { createReadings } from './readings.ts';
import { recordRefusal } from './refused-deed.ts';
import type { SignedIn } from './sessions.ts';
import { byId, cursor, limit } from './shapes.ts';
import { methodsOf } from './timeline.ts';
import { code, reason, text } from './typed.ts';
import { updateIdOf } from './update-id.ts';

/** `delegation`: under which one decides in the place of another, as the page showed it. */
const stated = { decision: z.enum(['approve', 'deny']), reason, delegation: z.uuid().optional() };
const decision = z.union([
  z.strictObject({ ...stated, totp: code }),
  z.strictObject({ ...stated, signature: decisionSignature }),
  z.strictObject({ ...stated, card: cardSignature }),
]);
/** With what the decision will be signed. */
const key = z.enum(['passkey', 'smart-card']).default('passkey');
const cardRefusals = Object.keys(CARD_REFUSALS) as CardRefusal[];
const decisionRefusals: readonly RefusalCode[] = [
  ...cardRefusals,
  'not-found',
  'factor-not-accepted',
  'passkey-needed',
  'passkey-not-accepted',
  'passkey-not-verified',
  'passkey-synced',
  'ceremony-over',
  'factors-replaced',
  'delegation-over',
  'delegation-too-weak',
  'delegator-conflict',
  'delegator-no-approver',
  'delegator-not-now',
  'decide-as-yourself',
  'approval-closed',
  'not-an-approver',
  'own-account',
  'issued-the-code',
  'already-decided',
  'recently-reset',
  'approver-not-active',
  'reset-ended',
  'not-now',
  'too-many-requests',
];

/** What waits for an approver, and their decision. Whether it counts is said by the verifier; here is only shown what is known beforehand. */
export function approvalsEndpoints({ db, hash, sealer, engine, admission, relyingParty }: ConsoleDeps) {
  const record = createReadings(db);
  /** The delegation that the page named, while the approval reaches this person by it. Throws `delegation-over` when it does not any more. */
  const namedDelegation = async (row: ApprovalRow, { account }: SignedIn, delegation: string | undefined) => {
    if (delegation === undefined) return undefined;
    const named = (await runningTo(db, account)).filter(({ facts }) => facts.id === delegation);
    const behalf = behalfOf(row, account, named);
    if (!behalf) throw new Refusal('delegation-over');
    return behalf;
  };
  return {
    list: endpoint(
      {
        summary: "Approvals: one's own, or all for those who oversee",
        access: ['approver', 'auditor', 'administrator'],
        query: z.strictObject({
          state: approvalState.optional(),
          part: z.enum(INBOX_PARTS).optional(),
          find: text(256).optional(),
          limit,
          cursor: cursor.optional(),
        }),
        replies: {
          200: {
            description:
              'One page. `mine` and `others` by their deadlines, the first to end first; everything else by its opening, newest first',
            schema: z.object({ items: z.array(approvalSchema), nextCursor: z.string().optional() }),
          },
        },
        refusals: [],
      },
      async (ask) => ({ status: 200, body: await inboxPage(db, signedIn(ask), ask.query) }),
    ),

    show: endpoint(
      {
        summary:
          'One approval with everything that a decision needs: what was decided before, what else is asked for from there, and when it ends',
        access: ['approver', 'security-officer', 'auditor', 'administrator'],
        params: byId,
        replies: { 200: { description: 'The approval', schema: approvalInContext } },
        refusals: ['not-found'],
      },
      async (ask) => {
        const session = signedIn(ask);
        const row = await db.approval.findUnique({ where: { id: ask.params.id }, select: approvalColumns });
        const running = await runningTo(db, session.account);
        // Whoever was not asked learns not even that there is one.
        const sees = row && (seesAll(session) || session.roles.includes('security-officer') || isTheirs(row, session.account, running));
        if (!row || !sees) throw new Refusal('not-found');
        // Approvers and officers look because they have to act; an auditor only to know.
        if (session.roles.includes('auditor')) await record(session, { kind: 'reset', facts: { reset: row.resetId } });
        const [view] = await viewsOf(db, session, running, [row]);
        if (!view) throw new Refusal('not-found');
        return { status: 200, body: { ...view, ...(await contextOf(db, session, row)) } };
      },
    ),

    ceremony: endpoint(
      {
        summary: "Begin to decide: the statement that is signed with one's own key, and the lines that were shown",
        access: ['approver'],
        params: byId,
        body: z.strictObject({ ...stated, key }),
        replies: { 201: { description: 'What is to be signed, once, within minutes', schema: decisionCeremony } },
        refusals: ['not-found', 'passkey-needed', 'approval-closed', 'delegation-over', 'too-many-requests'],
        keepNoAnswer: true,
      },
      async (ask) => {
        const session = signedIn(ask);
        await admission.step(`ceremonies of ${session.account}`);
        const row = await db.approval.findUnique({ where: { id: ask.params.id }, select: approvalColumns });
        if (!row) throw new Refusal('not-found');
        const methods = await methodsOf(db, [row.resetId]);
        const behalf = await namedDelegation(row, session, ask.body.delegation);
        const lines = linesOf(row, methods.get(row.resetId), behalf);
        return { status: 201, body: await beginDecision({ db, hash, relyingParty }, { row, lines, session, behalf, ...ask.body }) };
      },
    ),

    decide: endpoint(
      {
        summary: "Approve or deny, signed with one's own key or smart card, or confirmed with the authenticator where the rule takes that",
        access: ['approver'],
        params: byId,
        body: decision,
        replies: { 200: { description: 'The decision counts', schema: z.object({ state: approvalState, message: z.string() }) } },
        refusals: decisionRefusals,
      },
      async (ask) => {
        const session = signedIn(ask);
        const { decision: decided, reason: stated, delegation } = ask.body;
        const row = await db.approval.findUnique({ where: { id: ask.params.id }, select: approvalColumns });
        // Also somebody who was not asked goes on to the verifier: that they tried, and why it does not count, is evidence.
        if (!row) throw new Refusal('not-found');
        // One person's hand: more decisions in a minute are no decisions, and would fill a history.
        await admission.step(`decisions of ${session.account}`);
        if (row.reset.endedAt !== null) {
          await recordRefusal(db, {
            type: 'approval.refused',
            reset: row.resetId,
            actor: actorOf(session),
            reason: 'approval-closed',
            personal: { address: ask.source },
          });
          throw new Refusal('approval-closed');
        }
        const { digest } = await stateReason(db, hash, { approval: row.id, person: session.account, typed: stated });
        const by =
          'totp' in ask.body ? { totp: ask.body.totp } : 'card' in ask.body ? { card: ask.body.card } : sealedSignature(ask.body.signature);
        // Crash from here on: nothing is decided until the update is accepted; the same request, sent again, has the same update id.
        const sealed = await sealer.seal(db, {
          recipient: 'verifier',
          purpose: 'decision',
          subject: row.resetId,
          value: { by, approver: session.account, delegation, stage: row.stage, decision: decided, reason: digest, source: ask.source },
        });
        const message: DecisionMessage = {
          approver: session.account,
          delegation,
          stage: row.stage,
          decision: decided,
          reason: digest,
          sealed: sealed.id,
        };
        const updateId = updateIdOf(hash, {
          nonce: ask.nonce,
          route: `decide/${row.id}`,
          reset: row.resetId,
          typed: `${session.account} ${delegation ?? ''} ${decided} ${digest} ${JSON.stringify(by)}`,
        });
        return { status: 200, body: told(await engine.update(row.resetId, 'decide', updateId, message), decided) };
      },
    ),
  };
}

function told(reply: Reply | 'closed', decided: 'approve' | 'deny'): { state: string; message: string } {
  if (reply === 'closed') throw new Refusal('approval-closed');
  // A denial ends the reset; for the claimant that is a refusal, for the approver it is what they asked for.
  const counts = reply.outcome === 'ok' || (decided === 'deny' && reply.code === 'approval-denied');
  if (!counts)
    throw new Refusal(
      reply.outcome === 'refused' && reply.code === 'not-now' ? 'approval-closed' : reply.outcome === 'refused' ? reply.code : 'incident',
    );
  return decided === 'approve'
    ? { state: 'approved', message: 'Your approval is recorded. The reset goes on.' }
    : { state: 'denied', message: 'Your denial is recorded. The reset has ended and the password is unchanged.' };
}
