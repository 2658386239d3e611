import { z } from 'zod';
import type { Database, Transaction } from '#db';
import type { PasswordReason, RefusalCode } from '#domain/refusals.ts';
import { isRefusalCode, PASSWORD_REASONS } from '#domain/refusals.ts';
import { takeAccountTurn } from '../account-turn.ts';
import { OPERATIONS, type Operation } from '#domain/operation.ts';
import type { WriteOutcome } from '../contract.ts';
import type { PasswordStamp } from '../directory/password-stamp.ts';
import { digestAsked, endsOldPassword, operationAsked, type AnyAsked } from './asked.ts';
import type { PasswordNow } from './password-now.ts';

/**
 * States of a write. `claimed`: it may have been made, nobody knows. `unsent`: it was certainly not made and may be
 * tried again. All others are final for the writing step; `verified` and `unverified` say what the new password's own bind was.
 */
export type ClaimState =
  | 'claimed'
  | 'unsent'
  | 'applied'
  | 'verified'
  | 'unverified'
  | 'password-refused'
  | 'refused'
  | 'expired'
  | 'unknown';

/** The writer's own record of one (reset, ordinal); `claimedAt` is also the token of the attempt that holds it. */
export interface Claim {
  account: string;
  operation: Operation;
  /** Null for an unlock. */
  digest: string | null;
  /** Of the throw-away password that comes before the sealed one. */
  endOldPassword: boolean;
  controller: string;
  /** pwdLastSet, and for an unlock lockoutTime too. */
  before: string;
  lockedBefore: string | null;
  /** The password's stamp, and by which name stamps call the controller; null where it shows none. */
  stampBefore: PasswordStamp | null;
  invocation: string | null;
  after: string | null;
  stampAfter: PasswordStamp | null;
  state: ClaimState;
  reason: string | null;
  claimedAt: Date;
}

/** The claim of this reset and ordinal, or undefined when nothing was ever claimed for it. */
export async function findClaim(db: Transaction, { reset, ordinal }: Pick<AnyAsked, 'reset' | 'ordinal'>): Promise<Claim | undefined> {
  const row = await db.writeClaim.findUnique({ where: { resetId_ordinal: { resetId: reset, ordinal } } });
  if (!row) return undefined;
  return {
    account: row.accountGuid,
    operation: operationOfRow(row.operation),
    digest: row.digest,
    endOldPassword: row.endOldPassword,
    controller: row.controller,
    before: row.pwdLastSetBefore,
    lockedBefore: row.lockoutTimeBefore,
    stampBefore: stampShape.parse(row.stampBefore),
    invocation: row.invocation,
    after: row.pwdLastSetAfter,
    stampAfter: stampShape.parse(row.stampAfter),
    state: row.state as ClaimState, // only writers write this table, and only these states
    reason: row.reason,
    claimedAt: row.claimedAt,
  };
}

const stampShape = z.strictObject({ version: z.int(), originating: z.string(), usn: z.string(), at: z.string() }).nullable();

function operationOfRow(text: string): Operation {
  const operation = OPERATIONS.find((one) => one === text);
  if (!operation) throw new RangeError('a claim is about something that this release does not do');
  return operation;
}

/** The claim by which this reset has ended the old password already, if it has: what it left is what the chosen one is written over. */
export async function throwAwayOf(db: Transaction, reset: string): Promise<Claim | undefined> {
  const row = await db.writeClaim.findFirst({
    where: { resetId: reset, endOldPassword: true, state: 'applied' },
    select: { ordinal: true },
  });
  return row ? findClaim(db, { reset, ordinal: row.ordinal }) : undefined;
}

/** What the worker is told of a claim of a new password that is settled, the same each time; undefined as long as it is not. */
export function outcomeOf({ state, reason, before, after, endOldPassword }: Claim): WriteOutcome | undefined {
  if (state === 'claimed' || state === 'unsent') return undefined;
  if (state === 'password-refused') return { outcome: 'password-refused', reasons: reasonsOf(reason) };
  if (state === 'expired') return { outcome: 'password-expired' };
  if (state === 'refused') return { outcome: 'refused', code: isRefusalCode(reason) ? reason : 'directory-denied' };
  if (state === 'unknown') return { outcome: 'refused', code: 'write-unknown' };
  // Somebody else changed the account too: nothing of this reset is written over that.
  if (endOldPassword && state === 'unverified') return { outcome: 'refused', code: 'account-changed' };
  return { outcome: 'applied', pwdLastSet: after ?? before };
}

function reasonsOf(text: string | null): PasswordReason[] {
  return (text ?? '').split(' ').filter((word): word is PasswordReason => Object.hasOwn(PASSWORD_REASONS, word));
}

/** States of a write that was made, or may have been. */
const MADE = ['applied', 'verified', 'unverified', 'unknown'];

/** Why this write may not be claimed beside the others: refused for good, or `busy` as long as another one is not settled. */
export async function whyNotClaim(tx: Transaction, asked: AnyAsked, passwordsPerReset: number): Promise<RefusalCode | 'busy' | undefined> {
  // Two writers, or two attempts, decide one after the other about one account.
  await takeAccountTurn(tx, asked.account);
  const others = await tx.writeClaim.findMany({
    where: {
      OR: [{ resetId: asked.reset }, { accountGuid: asked.account, state: 'claimed' }],
      NOT: { resetId: asked.reset, ordinal: asked.ordinal },
    },
    select: { resetId: true, state: true, digest: true, endOldPassword: true },
  });
  const ofReset = others.filter((other) => other.resetId === asked.reset);
  const throwsAway = endsOldPassword(asked);
  const alike = ofReset.filter((other) => other.endOldPassword === throwsAway);
  // Each ordinal is a new choice of the person: the same sealed value is not offered to the directory twice, nor thrown away for twice.
  const digest = digestAsked(asked);
  if (digest !== null && alike.some((other) => other.digest === digest)) return 'evidence-missing';
  // A reset changes the account once, and ends the old password at most once before that. What may have been changed is not changed again.
  const made = ofReset.filter((other) => MADE.includes(other.state));
  if (made.some((other) => throwsAway || !other.endOldPassword || other.state !== 'applied')) return 'account-changed';
  if (alike.length >= passwordsPerReset) return 'too-many-passwords';
  if (others.some((other) => other.state === 'claimed')) return 'busy';
  return undefined;
}

/** Writes the claim, or takes it over from an attempt that certainly did not write. Undefined when another attempt holds it by now. */
export async function writeClaim(
  tx: Transaction,
  asked: AnyAsked,
  claim: Pick<Claim, 'controller' | 'before' | 'lockedBefore' | 'stampBefore' | 'invocation'>,
  over: Claim | undefined,
): Promise<Date | undefined> {
  const { reset, ordinal, account } = asked;
  const [operation, digest, throwsAway] = [operationAsked(asked), digestAsked(asked), endsOldPassword(asked)];
  const { controller, before, lockedBefore, invocation } = claim;
  const stamp = claim.stampBefore && JSON.stringify(claim.stampBefore);
  // clock_timestamp(), not now(): a transaction that waited for the lock must not begin with a part of its time used up.
  const rows = over
    ? await tx.$queryRaw<{ claimed_at: Date }[]>`
        UPDATE write_claim SET state = 'claimed', reason = NULL, controller = ${controller}, pwd_last_set_before = ${before}, lockout_time_before = ${lockedBefore}, stamp_before = ${stamp}::jsonb, invocation = ${invocation}::uuid, claimed_at = clock_timestamp()
        WHERE reset_id = ${reset}::uuid AND ordinal = ${ordinal} AND state IN ('claimed', 'unsent') AND claimed_at = ${over.claimedAt}
        RETURNING claimed_at`
    : await tx.$queryRaw<{ claimed_at: Date }[]>`
        INSERT INTO write_claim (reset_id, ordinal, account_guid, operation, digest, end_old_password, pwd_last_set_before, lockout_time_before, stamp_before, invocation, controller, state, claimed_at)
        VALUES (${reset}::uuid, ${ordinal}, ${account}::uuid, ${operation}, ${digest}, ${throwsAway}, ${before}, ${lockedBefore}, ${stamp}::jsonb, ${invocation}::uuid, ${controller}, 'claimed', clock_timestamp())
        ON CONFLICT DO NOTHING RETURNING claimed_at`;
  return rows[0]?.claimed_at;
}

/** Takes an ordinal that nobody claimed and closes it. False when there is a claim, which may be being written now. */
export async function closeUnclaimed(
  tx: Transaction,
  asked: AnyAsked,
  to: { state: 'refused' | 'expired'; reason?: string },
): Promise<boolean> {
  const { reset, ordinal, account } = asked;
  // Waits for a transaction that inserts the same ordinal at this moment (PostgreSQL, INSERT ... ON CONFLICT).
  const made = await tx.$executeRaw`
    INSERT INTO write_claim (reset_id, ordinal, account_guid, operation, digest, end_old_password, pwd_last_set_before, controller, state, reason, claimed_at, settled_at)
    VALUES (${reset}::uuid, ${ordinal}, ${account}::uuid, ${operationAsked(asked)}, ${digestAsked(asked)}, ${endsOldPassword(asked)}, '', '', ${to.state}, ${to.reason ?? null}, clock_timestamp(), clock_timestamp())
    ON CONFLICT DO NOTHING`;
  return made === 1;
}

/** Moves a claim on, once: false when another attempt or the sweep was faster, whose word then stands. */
export async function moveClaim(
  tx: Transaction,
  key: { reset: string; ordinal: number },
  from: Claim,
  to: { state: ClaimState; reason?: string; after?: PasswordNow },
): Promise<boolean> {
  const stamp = to.after?.stamp && JSON.stringify(to.after.stamp);
  const moved = await tx.$executeRaw`
    UPDATE write_claim SET state = ${to.state}, reason = ${to.reason ?? null}, pwd_last_set_after = COALESCE(${to.after?.pwdLastSet ?? null}, pwd_last_set_after), stamp_after = COALESCE(${stamp ?? null}::jsonb, stamp_after), settled_at = COALESCE(settled_at, clock_timestamp())
    WHERE reset_id = ${key.reset}::uuid AND ordinal = ${key.ordinal} AND state = ${from.state} AND claimed_at = ${from.claimedAt}`;
  return moved === 1;
}

/** Whether the claim is still this attempt's and younger than so many seconds, by the one clock that all attempts share. */
export async function holdsClaim(db: Database, asked: AnyAsked, claim: Claim, seconds: number): Promise<boolean> {
  const rows = await db.$queryRaw<object[]>`
    SELECT 1 FROM write_claim WHERE reset_id = ${asked.reset}::uuid AND ordinal = ${asked.ordinal} AND state = 'claimed'
    AND claimed_at = ${claim.claimedAt} AND clock_timestamp() < claimed_at + make_interval(secs => ${seconds}::float8)`;
  return rows.length === 1;
}

/** Whether so many seconds have passed since the claim, by the database's clock. */
export async function isOlderThan(db: Database, claim: Claim, seconds: number): Promise<boolean> {
  const rows = await db.$queryRaw<
    { old: boolean }[]
  >`SELECT clock_timestamp() >= ${claim.claimedAt}::timestamptz + make_interval(secs => ${seconds}::float8) AS old`;
  return rows[0]?.old === true;
}

/** When each of these people's own password was last changed by this product, or may have been. */
export async function lastResets(db: Transaction, guids: readonly string[]): Promise<Map<string, Date>> {
  const rows = await db.writeClaim.findMany({
    where: {
      accountGuid: { in: [...guids] },
      operation: 'new-password',
      state: { in: ['claimed', ...MADE] },
    },
    select: { accountGuid: true, claimedAt: true },
    orderBy: { claimedAt: 'asc' },
  });
  return new Map(rows.map((row) => [row.accountGuid, row.claimedAt]));
}

/** The database's time: claims, attestations and expiry are judged by one clock, not by each host's. */
export async function databaseTime(db: Transaction): Promise<Date> {
  const rows = await db.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`;
  const now = rows[0]?.now;
  if (!now) throw new Error('the database did not tell the time');
  return now;
}
