import type { ReviewAnswer } from '#activities/break-glass-contract.ts';
import type { DeedAsked } from '#activities/contract.ts';
import { peopleOfStatement } from '#domain/attestation.ts';
import { whyNotReview } from '#domain/break-glass.ts';
import { REVIEW_TAG, reviewStatement } from '#domain/break-glass-statement.ts';
import type { Policy } from '#domain/policy.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import { frozenAccounts } from '#domain/same-people.ts';
import type { Prisma, Transaction } from '#db';
import { policyInForce } from '#prisma/policies.ts';
import { uuidv7 } from '#prisma/uuid.ts';
import { confirmedDeed } from './confirmed-deed.ts';
import type { VerifierDeps } from './deps.ts';
import { ONLY } from './issue-code.ts';
import { whyCoolingOff } from './last-changes.ts';
import { databaseTime } from './once.ts';
import { ownDeed } from './own-deed.ts';
import { personOrGuid, withAccounts, type Person } from './people.ts';
import { rolesOf } from './roles.ts';
import { statementsOf, type Said } from './statements.ts';

/** The review that is open for this reset, or a new one. */
export async function openReview(
  tx: Transaction,
  { reset, officer, at }: { reset: string; officer: Person; at: Date },
): Promise<{ id: string; isNew: boolean }> {
  const open = await tx.review.findFirst({ where: { resetId: reset, state: 'open' }, select: { id: true } });
  if (open) return { id: open.id, isNew: false };
  const id = uuidv7();
  await tx.review.create({
    data: { id, resetId: reset, openedAt: at, openedBy: officer.guid, openedByName: officer.displayName },
    select: { id: true },
  });
  return { id, isNew: true };
}

type Review = Prisma.ReviewGetPayload<object>;
type Closed = Extract<ReviewAnswer, { outcome: 'done' }>;

/**
 * Closes a review with a judgement and a finding, signed by somebody who took no part in the reset with their own key. Not
 * before the reset has ended or break-glass has run out. What a review finds changes nothing by itself.
 */
export async function closeReview(deps: VerifierDeps, { request, account, sealed }: DeedAsked): Promise<ReviewAnswer> {
  const attempt = { purpose: 'review', subject: request, updateId: ONLY, sealed, account } as const;
  return ownDeed<'review', Closed>(deps, attempt, { type: 'review.refused' }, async (typed, reviewer) => {
    const { review: id, judgement, finding, ceremony, assertion, source } = typed;
    const { policy } = await policyInForce(deps.db);
    const known = await deps.db.review.findUnique({ where: { id } });
    const before = known && (await saidIn(deps.db, deps, known));
    // Read before the turn: a directory may be slow.
    const why = reviewer && before ? await whyNotThisPerson(deps, reviewer, before, policy) : 'not-found';
    const about = { ...(known ? { reset: known.resetId } : {}), do: { review: id, judgement, finding } };
    const act = async (tx: Transaction) => {
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`review\n${id}`}, 0))`;
      const review = await tx.review.findUnique({ where: { id } });
      const said = review && (await saidIn(tx, deps, review));
      if (!review || !reviewer || !said || !before) return { refusal: 'not-found' } as const;
      const now = await databaseTime(tx);
      const refusal = (await whyNotNow(tx, review, now)) ?? why ?? (await whyCoolingOff(tx, account, now, policy));
      if (refusal) return { refusal };
      // Whoever came to it since was not told from the reviewer.
      if (!involvedIn(said).every((guid) => involvedIn(before).includes(guid))) return { refusal: 'review-too-early' } as const;
      const by = await confirmedDeed(tx, deps, {
        account,
        subject: request,
        policy,
        by: { ceremony, assertion },
        tag: REVIEW_TAG,
        purpose: `review/${id}`,
        statement: (begun) => reviewStatement(begun, { review: id, reset: review.resetId, judgement, finding }),
        source,
      });
      if ('refusal' in by) return by;
      const closed = { state: 'closed', closedAt: now, closedBy: account, closedByName: reviewer.displayName };
      await tx.review.updateMany({ where: { id, state: 'open' }, data: { ...closed, judgement, finding } });
      const leaf = { type: 'review.closed', ...about, do: { ...about.do, signed: by.signed ?? null } } as const;
      return { answer: { outcome: 'done', review: id } as const, leaf, by };
    };
    return { about, act };
  });
}

/** What was signed in the reset of a review; undefined when no officer's signature opened just this one: then nobody could tell who took part. */
async function saidIn(db: Transaction, deps: VerifierDeps, { id, resetId }: Review): Promise<Said | undefined> {
  const row = await db.reset.findUnique({ where: { id: resetId }, select: { runId: true, accountGuid: true } });
  if (!row?.runId || !row.accountGuid) return undefined;
  const said = await statementsOf(db, deps, { reset: resetId, run: row.runId, account: row.accountGuid });
  return said.breakGlass.some(({ review }) => review === id) ? said : undefined;
}

async function whyNotNow(tx: Transaction, { state, resetId }: Review, now: Date): Promise<RefusalCode | undefined> {
  if (state !== 'open') return 'review-closed';
  const reset = await tx.reset.findUnique({ where: { id: resetId }, select: { endedAt: true } });
  const glass = await tx.breakGlass.findUnique({ where: { resetId }, select: { expiresAt: true } });
  const runs = glass?.expiresAt ? glass.expiresAt.getTime() >= now.getTime() : false;
  return reset?.endedAt === null && runs ? 'review-too-early' : undefined;
}

/** A security officer, an auditor or an administrator by the directory as it is now, who by none of their accounts took part. */
async function whyNotThisPerson(
  deps: VerifierDeps,
  reviewer: Person,
  said: Said,
  { identities }: Policy,
): Promise<RefusalCode | undefined> {
  if (!reviewer.enabled || reviewer.expired || reviewer.locked) return 'account-not-active';
  const roles = await rolesOf(deps, reviewer);
  if (!roles.some((role) => role === 'security-officer' || role === 'auditor' || role === 'administrator')) return 'role-needed';
  const involved = await Promise.all(involvedIn(said).map((guid) => personOrGuid(deps.people, guid)));
  const whole = await withAccounts(deps.people, identities, [reviewer, ...involved], frozenAccounts(said.approvers));
  return whyNotReview(whole(reviewer), involved.map(whole));
}

/** The claimant, and everybody who signed, decided or issued a code in this reset. */
function involvedIn({ account, breakGlass, decisions, proofs }: Said): string[] {
  return [...new Set([account ?? [], [...breakGlass, ...decisions, ...proofs].flatMap(peopleOfStatement)].flat())];
}
