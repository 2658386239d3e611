import { z } from 'zod';
import type { Database, Prisma } from '#db';
import { REVIEW_JUDGEMENTS, reviewStatement } from '#domain/break-glass-statement.ts';
import { Refusal, type RefusalCode } from '#domain/refusals.ts';
import type { ReviewAnswer } from '#workflows/messages.ts';
import type { ConsoleDeps } from './console-deps.ts';
import { stateReason } from './decisions.ts';
import { endpoint, signedIn } from './endpoint.ts';
import { beginCeremony, confirmationWith, ownKeys } from './own-keys.ts';
import { assertion, confirmation, sealedAssertion } from './passkey-shapes.ts';
import { carryOut } from './sealed-deed.ts';
import type { SignedIn } from './sessions.ts';
import { byId, moment, refusalCode, resetState } from './shapes.ts';
import { reason } from './typed.ts';

const judgement = z.enum(REVIEW_JUDGEMENTS);
const review = z.object({
  id: z.string(),
  resetId: z.string(),
  state: z.enum(['open', 'closed']),
  account: z.string().nullable(),
  accountName: z.string().nullable(),
  resetState,
  /** Who signed break-glass, and why, as far as it is still there. */
  officers: z.array(z.string()),
  unwitnessed: z.boolean(),
  openedAt: moment,
  openedBy: z.string(),
  closedAt: moment.nullable(),
  closedBy: z.string().nullable(),
  judgement: judgement.nullable(),
  finding: z.string().nullable(),
  mayClose: z.boolean(),
  whyNot: refusalCode.nullable(),
});
export type ReviewView = z.infer<typeof review>;
const found = { judgement, finding: reason };
/** Closed ones are in the log for ever; the page shows the newest. */
const MOST = 200;

/** Reviews of break-glass: open until a third person has judged it. */
export function reviewsEndpoints(deps: ConsoleDeps) {
  const { db, hash, admission, relyingParty } = deps;
  const stated = (id: string, person: string, finding: string) => stateReason(db, hash, { approval: id, person, typed: finding });
  return {
    list: endpoint(
      {
        summary: 'Reviews of break-glass: open ones first, then newest first',
        access: ['security-officer', 'auditor', 'administrator'],
        replies: { 200: { description: 'Reviews', schema: z.object({ items: z.array(review) }) } },
        refusals: [],
      },
      async (ask) => ({ status: 200, body: { items: await viewsOf(db, signedIn(ask)) } }),
    ),

    begin: endpoint(
      {
        summary: "Begin to close a review: the statement that is signed with one's own key",
        access: ['security-officer', 'auditor', 'administrator'],
        params: byId,
        body: z.strictObject(found),
        replies: {
          201: {
            description: 'What is to be signed, once, within minutes',
            schema: z.object({ ceremony: z.string(), statement: z.looseObject({}), reasonSalt: z.string(), confirmation }),
          },
        },
        refusals: ['not-found', 'review-closed', 'passkey-needed', 'too-many-requests'],
        keepNoAnswer: true,
      },
      async (ask) => {
        const { account } = signedIn(ask);
        await admission.step(`ceremonies of ${account}`);
        const row = await db.review.findUnique({ where: { id: ask.params.id } });
        if (!row) throw new Refusal('not-found');
        if (row.state !== 'open') throw new Refusal('review-closed');
        const keys = await ownKeys(db, account);
        if (keys.length === 0) throw new Refusal('passkey-needed');
        const { digest: finding, salt: reasonSalt } = await stated(row.id, account, ask.body.finding);
        const ceremony = await beginCeremony(db, account, `review/${row.id}`);
        const statement = reviewStatement(ceremony, { review: row.id, reset: row.resetId, judgement: ask.body.judgement, finding });
        return {
          status: 201,
          body: { ceremony: ceremony.ceremony, statement, reasonSalt, confirmation: confirmationWith(relyingParty, keys) },
        };
      },
    ),

    close: endpoint(
      {
        summary: "Close a review with what was found, signed with one's own key",
        access: ['security-officer', 'auditor', 'administrator'],
        params: byId,
        body: z.strictObject({ ...found, ceremony: z.uuid(), assertion }),
        replies: { 200: { description: 'The review is closed', schema: z.object({ id: z.string(), message: z.string() }) } },
        refusals: [
          'not-found',
          'review-closed',
          'review-third-person',
          'review-too-early',
          'role-needed',
          'account-not-active',
          'recently-reset',
          'factors-replaced',
          'passkey-not-accepted',
          'passkey-not-verified',
          'passkey-synced',
          'ceremony-over',
          'service-unavailable',
          'too-many-requests',
        ],
      },
      async (ask) => {
        const session = signedIn(ask);
        await admission.step(`deeds of ${session.account}`);
        const { judgement: judged, ceremony } = ask.body;
        const { digest: finding } = await stated(ask.params.id, session.account, ask.body.finding);
        const said = { account: session.account, review: ask.params.id, judgement: judged, finding };
        const value = { ...said, ceremony, assertion: sealedAssertion(ask.body.assertion), source: ask.source };
        const done = await carryOut<Extract<ReviewAnswer, { outcome: 'done' }>>(deps, 'closeReview', 'review', {
          session,
          nonce: ask.nonce,
          value,
        });
        return { status: 200, body: { id: done.review, message: 'The review is closed, with your finding.' } };
      },
    ),
  };
}

type Row = Prisma.ReviewGetPayload<object>;

async function viewsOf(db: Database, session: SignedIn): Promise<ReviewView[]> {
  const open = await db.review.findMany({ where: { state: 'open' }, orderBy: { openedAt: 'desc' } });
  const closed = await db.review.findMany({ where: { state: 'closed' }, orderBy: { closedAt: 'desc' }, take: MOST });
  const rows = [...open, ...closed];
  const ids = rows.map(({ resetId }) => resetId);
  const resets = await db.reset.findMany({
    where: { id: { in: ids } },
    select: { id: true, state: true, accountGuid: true, accountName: true, displayName: true, endedAt: true },
  });
  const glasses = await db.breakGlass.findMany({ where: { resetId: { in: ids } } });
  const stated = await db.statedReason.findMany({
    where: { digest: { in: rows.flatMap(({ finding }) => finding ?? []) } },
    select: { digest: true, text: true },
  });
  const took = await db.leaf.findMany({
    where: { resetId: { in: ids }, type: { in: ['approval.decided', 'break-glass.signed'] }, actor: session.account },
    select: { resetId: true },
  });
  return rows.map((row) => {
    const reset = resets.find(({ id }) => id === row.resetId);
    const glass = glasses.find(({ resetId }) => resetId === row.resetId);
    const isInvolved = reset?.accountGuid === session.account || took.some(({ resetId }) => resetId === row.resetId);
    const runs = reset?.endedAt === null && (glass?.expiresAt?.getTime() ?? 0) >= Date.now();
    const why = whyNot(row, { isInvolved, runs });
    return {
      id: row.id,
      resetId: row.resetId,
      state: row.state === 'closed' ? 'closed' : 'open',
      account: reset?.accountGuid ?? null,
      accountName: reset?.displayName ?? reset?.accountName ?? null,
      resetState: resetState.parse(reset?.state ?? 'expired'),
      officers: glass?.signerNames ?? [],
      unwitnessed: glass?.unwitnessed ?? false,
      openedAt: row.openedAt.toISOString(),
      openedBy: row.openedByName,
      closedAt: row.closedAt?.toISOString() ?? null,
      closedBy: row.closedByName,
      judgement: row.judgement === null ? null : judgement.parse(row.judgement),
      finding: stated.find(({ digest }) => digest === row.finding)?.text ?? null,
      mayClose: why === null,
      whyNot: why,
    };
  });
}

/** Why this person cannot close it, as far as stored facts tell; the verifier looks again, at the directory and at every signature. */
function whyNot({ state }: Row, { isInvolved, runs }: { isInvolved: boolean; runs: boolean }): RefusalCode | null {
  if (state !== 'open') return 'review-closed';
  if (isInvolved) return 'review-third-person';
  return runs ? 'review-too-early' : null;
}
