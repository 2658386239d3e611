import type { ReviewAnswer } from '#activities/break-glass-contract.ts';
import type { DeedAsked } from '#activities/contract.ts';
import { recordLeaf } from '#activities/record-leaf.ts';
import type { Identity } from '#domain/account.ts';
import { peopleOfDecision, type SignedRecord } from '#domain/attestation.ts';
import { whyNotReview } from '#domain/break-glass.ts';
import { REVIEW_TAG, reviewStatement } from '#domain/break-glass-statement.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import { canonical } from '#evidence/jcs.ts';
import type { Prisma, Transaction } from '#db';
import { policyInForce } from '#prisma/policies.ts';
import { uuidv7 } from '#prisma/uuid.ts';
import { openCeremony } from './ceremony.ts';
import type { Unconfirmed } from './decision-now.ts';
import { VERIFIER, type VerifierDeps } from './deps.ts';
import { ONLY } from './issue-code.ts';
import { lastChanges } from './last-changes.ts';
import { databaseTime, earlierOutcome, once } from './once.ts';
import { openTyped } from './open-typed.ts';
import { checkAssertion, passkeysOf, refusalOf, signedRecord } from './passkeys.ts';
import { personOrGuid, withAccounts, type Person } from './people.ts';
import { rolesOf } from './roles.ts';
import { statementsOf } from './statements.ts';
import { fromWhere, type Typed } from './typed.ts';

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

/**
 * Closes a review with a judgement and a finding, signed by somebody who took no part in the reset with their own key. Not
 * before the reset has ended or break-glass has run out. What a review finds changes nothing by itself.
 */
export async function closeReview(deps: VerifierDeps, asked: DeedAsked): Promise<ReviewAnswer> {
  const attempt = { subject: asked.request, updateId: ONLY, sealed: asked.sealed };
  const earlier = await earlierOutcome<ReviewAnswer>(deps, attempt);
  if (earlier) return earlier;
  const opened = await openTyped(deps, 'review', asked.sealed, asked.request);
  const typed = opened?.account === asked.account ? opened : undefined;
  const reviewer = await deps.people.read(asked.account);
  const known = typed && (await deps.db.review.findUnique({ where: { id: typed.review } }));
  const involved = known ? await peopleInvolved(deps, known) : [];

  return once<ReviewAnswer>(deps, attempt, async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`review\n${typed?.review ?? ''}`}, 0))`;
    const done = await close(tx, deps, { typed, reviewer, involved });
    const actor = { type: 'person', guid: asked.account, sid: reviewer?.sid ?? null } as const;
    const about = known ? { reset: known.resetId } : {};
    const facts = { review: typed?.review ?? null, judgement: typed?.judgement ?? null, finding: typed?.finding ?? null };
    if ('refusal' in done) {
      const { refusal: reason, fault } = done;
      const leaf = { type: 'review.refused', outcome: 'denied', reason, actor, ...about } as const;
      await recordLeaf(tx, { ...leaf, do: { ...facts, ...(fault ? { fault } : {}) }, ...fromWhere(typed) }, VERIFIER);
      return { outcome: { outcome: 'refused', code: reason } };
    }
    const auth = { method: 'passkey', aal: '2', cred: done.credential } as const;
    const leaf = { type: 'review.closed', outcome: 'success', actor: { ...actor, auth }, ...about } as const;
    await recordLeaf(tx, { ...leaf, do: { ...facts, signed: done.record }, ...fromWhere(typed) }, VERIFIER);
    return { outcome: { outcome: 'done', review: typed?.review ?? '' }, consumed: done.consumed };
  });
}

interface Closing {
  typed: Typed<'review'> | undefined;
  reviewer: Person | undefined;
  involved: readonly Identity[];
}

async function close(
  tx: Transaction,
  deps: VerifierDeps,
  { typed, reviewer, involved }: Closing,
): Promise<{ record: SignedRecord; credential: string; consumed: string } | Unconfirmed> {
  const review = typed && (await tx.review.findUnique({ where: { id: typed.review } }));
  if (!typed || !review || !reviewer) return { refusal: 'not-found' };
  const { identities } = (await policyInForce(tx)).policy;
  const whole = await withAccounts(deps.people, identities, [reviewer, ...involved]);
  const isThird = whyNotReview(whole(reviewer), involved.map(whole));
  const why = (await whyNotNow(tx, review)) ?? (await whyNotThisPerson(tx, deps, reviewer)) ?? isThird;
  if (why) return { refusal: why };
  const account = reviewer.guid;
  const ceremony = await openCeremony(tx, { ceremony: typed.ceremony, account, purpose: `review/${review.id}` });
  if (!ceremony) return { refusal: 'ceremony-over' };
  const { judgement, finding, assertion } = typed;
  const text = canonical(reviewStatement(ceremony, { review: review.id, reset: review.resetId, judgement, finding }));
  const passkeys = await passkeysOf(tx, deps, account);
  if (!passkeys.some(({ disabledAt }) => disabledAt === null)) return { refusal: 'passkey-needed' };
  const asserted = await checkAssertion(tx, deps, passkeys, { tag: REVIEW_TAG, text, assertion });
  if ('fault' in asserted) return { refusal: refusalOf(asserted.fault), fault: asserted.fault };
  const closed = { state: 'closed', closedAt: await databaseTime(tx), closedBy: account, closedByName: reviewer.displayName };
  await tx.review.updateMany({ where: { id: review.id, state: 'open' }, data: { ...closed, judgement, finding } });
  const { passkey } = asserted;
  return { record: signedRecord(deps, passkey, { text, assertion }), credential: passkey.id, consumed: ceremony.consumed };
}

async function whyNotNow(tx: Transaction, { state, resetId }: Review): Promise<RefusalCode | undefined> {
  if (state !== 'open') return 'review-closed';
  const reset = await tx.reset.findUnique({ where: { id: resetId }, select: { endedAt: true } });
  const glass = await tx.breakGlass.findUnique({ where: { resetId }, select: { expiresAt: true } });
  const runs = glass?.expiresAt ? glass.expiresAt.getTime() >= (await databaseTime(tx)).getTime() : false;
  return reset?.endedAt === null && runs ? 'review-too-early' : undefined;
}

/** A security officer, an auditor or an administrator by the directory as it is now, and not taken over lately. */
async function whyNotThisPerson(tx: Transaction, deps: VerifierDeps, person: Person): Promise<RefusalCode | undefined> {
  if (!person.enabled || person.expired || person.locked) return 'account-not-active';
  const roles = await rolesOf(deps, person);
  if (!roles.some((role) => role === 'security-officer' || role === 'auditor' || role === 'administrator')) return 'role-needed';
  const { coolingOff } = (await policyInForce(tx)).policy.timers;
  const { lastOwnReset, lastFactorChange } = (await lastChanges(tx, [person.guid]))(person.guid);
  const now = (await databaseTime(tx)).getTime();
  const isRecent = (at: Date | undefined): boolean => at !== undefined && now - at.getTime() < coolingOff * 1000;
  if (isRecent(lastOwnReset)) return 'recently-reset';
  return isRecent(lastFactorChange) ? 'factors-replaced' : undefined;
}

/** The claimant, and everybody who signed, decided or issued a code in this reset. */
async function peopleInvolved(deps: VerifierDeps, { resetId }: Review): Promise<Identity[]> {
  const row = await deps.db.reset.findUnique({ where: { id: resetId }, select: { runId: true, accountGuid: true } });
  if (!row?.runId || !row.accountGuid) return [];
  const said = await statementsOf(deps.db, deps, { reset: resetId, run: row.runId, account: row.accountGuid });
  const guids = [
    row.accountGuid,
    ...said.breakGlass.map(({ person }) => person),
    ...said.decisions.flatMap(peopleOfDecision),
    ...said.proofs.flatMap(({ issuer }) => issuer ?? []),
  ];
  return Promise.all([...new Set(guids)].map((guid) => personOrGuid(deps.people, guid)));
}
