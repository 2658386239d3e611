import { randomBytes } from 'node:crypto';
import { LOOK_AHEAD, RESYNC_WINDOW } from '#domain/token.ts';
import type { Transaction } from '#db';
import { normaliseDigits } from '#domain/codes.ts';
import type { Passed } from './check-totp.ts';
import { NOBODY, type VerifierDeps } from './deps.ts';
import { matching, type CodeSecret } from './one-time-code.ts';
import { nobodysFactors } from './nobodys-factors.ts';
import { databaseTime, isBurned } from './once.ts';
import { isOurRow } from './row-signature.ts';
import { assignmentBody, endOf, seedOf, useOf, type TokenRow } from './token-rows.ts';
import { driftOf, stepAt } from './totp-step.ts';

interface Held extends TokenRow {
  signature: Uint8Array;
  counter: bigint;
  drift: number;
  assignment: string;
  accountGuid: string;
  assignedAt: Date;
  assignedBy: string;
  assignmentSignature: Uint8Array;
}

export interface TokenChecked {
  passed: Passed | undefined;
  /** Takes the failure back that was counted: another authenticator of the account showed that it was no guess. */
  forgive(): Promise<void>;
}

/** For a row that the verifier did not make the same sums are done with this one. */
const dummy: CodeSecret = { secret: randomBytes(20), algorithm: 'sha1', digits: 6 };

/**
 * Checks a code of the hardware token that an account holds, within the caller's transaction. Counted before it is judged:
 * at `limit` failures in a row the token is disabled. A token with a counter is followed so far ahead as RFC 4226 §7.2 has
 * it and never back; one with a clock by a step to either side of its drift (RFC 6238 §6). What is taken is burned first.
 * `account` undefined runs the same statements for nobody and fails.
 */
export async function checkToken(
  tx: Transaction,
  deps: Pick<VerifierDeps, 'keys'>,
  account: string | undefined,
  typed: string | undefined,
  limit: number,
): Promise<TokenChecked> {
  const code = normaliseDigits(typed ?? '') ?? '';
  const at = await databaseTime(tx);
  const rows = await tx.$queryRaw<Held[]>`
    SELECT t.id, t.manufacturer, t.serial, t.algorithm, t.digits, t.period, t.secret, t.key_id AS "keyId", t.import_id AS "importId",
      t.expires_at AS "expiresAt", t.signature, t.counter, t.drift, a.id AS assignment, a.account_guid AS "accountGuid",
      a.assigned_at AS "assignedAt", a.assigned_by AS "assignedBy", a.signature AS "assignmentSignature"
    FROM token t JOIN token_assignment a ON a.token_id = t.id AND a.ended_at IS NULL
    WHERE a.account_guid = ${account ?? NOBODY}::uuid AND t.state = 'assigned' AND (t.expires_at IS NULL OR t.expires_at > clock_timestamp())
    ORDER BY t.id FOR UPDATE OF t`;
  const ids = rows.map(({ id }) => id);
  await tx.$executeRaw`
    UPDATE token SET failures = failures + 1, state = CASE WHEN failures + 1 >= ${limit} THEN 'disabled' ELSE state END
    WHERE id = ANY(${ids}::uuid[])`;
  const forgive = async (): Promise<void> => {
    await tx.$executeRaw`UPDATE token SET failures = 0, state = 'assigned' WHERE id = ANY(${ids}::uuid[])`;
  };
  if (rows.length === 0) await freshUse(tx, deps, nobodysToken(deps), code, at);
  for (const row of rows) {
    const moving = await freshUse(tx, deps, row, code, at);
    if (moving === undefined) continue;
    const drift = row.period === null ? 0 : driftOf(row.period, moving, at, RESYNC_WINDOW);
    await tx.$executeRaw`UPDATE token SET counter = ${BigInt(moving) + 1n}, drift = ${drift} WHERE id = ${row.id}::uuid`;
    await forgive();
    return { passed: { credential: row.id, consumed: useOf(row.id, moving), issuer: null }, forgive };
  }
  return { passed: undefined, forgive };
}

/** The first counter or step that this code belongs to and that was not used yet, of a token that is surely theirs. */
async function freshUse(tx: Transaction, deps: Pick<VerifierDeps, 'keys'>, row: Held, code: string, at: Date): Promise<number | undefined> {
  const { accountGuid, assignedAt, assignedBy, assignment } = row;
  const held = assignmentBody({ id: assignment, tokenId: row.id, accountGuid, assignedAt, assignedBy });
  const isTheirs = isOurRow(deps.keys, held, row.assignmentSignature) && !(await isBurned(tx, endOf(assignment)));
  const secret = isTheirs ? seedOf(deps.keys, row) : undefined;
  const now = row.period === null ? 0 : stepAt(row.period, at) + row.drift;
  const candidates = row.period === null ? ahead(Number(row.counter)) : [now - 1, now, now + 1];
  const found = matching(secret ? { ...row, secret } : dummy, code, candidates);
  const moving = secret && found.find((one) => BigInt(one) >= row.counter);
  return moving === undefined || (await isBurned(tx, useOf(row.id, moving))) ? undefined : moving;
}

function nobodysToken({ keys }: Pick<VerifierDeps, 'keys'>): Held {
  const { token, assignment } = nobodysFactors(keys);
  const { id, accountGuid, assignedAt, assignedBy, signature } = assignment;
  const held = { assignment: id, accountGuid, assignedAt, assignedBy, assignmentSignature: signature };
  return { ...token, ...held, counter: 0n, drift: 0 };
}

function ahead(from: number): number[] {
  return Array.from({ length: LOOK_AHEAD + 1 }, (_, n) => from + n);
}
