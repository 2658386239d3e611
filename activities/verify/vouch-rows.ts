import { randomUUID } from 'node:crypto';
import type { ProofPassed } from '#domain/attestation.ts';
import type { FactorMethod } from '#domain/next.ts';
import type { Json } from '#evidence/jcs.ts';
import type { Transaction } from '#db';
import type { Passed } from './check-totp.ts';
import { NOBODY, type VerifierDeps } from './deps.ts';
import { databaseTime, isBurned } from './once.ts';
import { isOurRow, signRow } from './row-signature.ts';

/** One person's word for the claimant of one reset. */
export interface Vouch {
  id: string;
  resetId: string;
  accountGuid: string;
  voucherGuid: string;
  /** By what the voucher confirmed it. */
  method: string;
  credential: string;
  createdAt: Date;
  expiresAt: Date;
}

/** What the verifier signs of it: a row that was written by hand, or moved to another reset, person or time, counts for nothing. */
function vouchBody(row: Vouch): Json {
  return {
    v: 1,
    kind: 'row/vouch',
    id: row.id,
    reset: row.resetId,
    account: row.accountGuid,
    voucher: row.voucherGuid,
    method: row.method,
    credential: row.credential,
    at: row.createdAt.toISOString(),
    expires: row.expiresAt.toISOString(),
  };
}

/** Keeps somebody's word for so many seconds. Answers its id, and until when it counts. */
export async function keepVouch(
  tx: Transaction,
  deps: Pick<VerifierDeps, 'keys'>,
  { seconds, ...given }: Omit<Vouch, 'id' | 'createdAt' | 'expiresAt'> & { seconds: number },
): Promise<{ id: string; expiresAt: Date }> {
  const createdAt = await databaseTime(tx);
  const row: Vouch = { ...given, id: randomUUID(), createdAt, expiresAt: new Date(createdAt.getTime() + seconds * 1000) };
  await tx.vouch.create({ data: { ...row, signature: signRow(deps.keys, vouchBody(row)) }, select: { id: true } });
  return { id: row.id, expiresAt: row.expiresAt };
}

/**
 * Finds the word of a person for this reset within the caller's transaction and burns it before it is honoured: it is good for
 * one use, until its expiry by the database's clock. Without an account or a person the same statements run for nobody and fail.
 */
export async function takeVouch(
  tx: Transaction,
  deps: Pick<VerifierDeps, 'keys'>,
  { reset, account, voucher }: { reset: string; account: string | undefined; voucher: string | undefined },
): Promise<(Passed & { vouched: NonNullable<ProofPassed['vouched']> }) | undefined> {
  const rows = await tx.$queryRaw<(Vouch & { signature: Uint8Array })[]>`
    SELECT id, reset_id AS "resetId", account_guid AS "accountGuid", voucher_guid AS "voucherGuid", method, credential,
      created_at AS "createdAt", expires_at AS "expiresAt", signature
    FROM vouch
    WHERE reset_id = ${reset}::uuid AND account_guid = ${account ?? NOBODY}::uuid AND voucher_guid = ${voucher ?? NOBODY}::uuid
      AND used_at IS NULL AND expires_at > clock_timestamp()
    ORDER BY id LIMIT 8 FOR UPDATE`;
  for (const row of rows) {
    const consumed = `vouch:${row.id}`;
    if (!isOurRow(deps.keys, vouchBody(row), row.signature) || (await isBurned(tx, consumed))) continue;
    await tx.$executeRaw`UPDATE vouch SET used_at = clock_timestamp() WHERE id = ${row.id}::uuid`;
    // The signature covers the method, and only those of keepVouch were ever signed.
    const vouched = { at: row.createdAt.toISOString(), method: row.method as FactorMethod, credential: row.credential };
    return { credential: row.id, consumed, issuer: row.voucherGuid, vouched };
  }
  return undefined;
}
