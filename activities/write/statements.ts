import { createHash, type KeyObject } from 'node:crypto';
import type { Transaction } from '#db';
import type { Attestation } from '#domain/attestation.ts';
import { readStatement } from '#prisma/statement-text.ts';

/**
 * Every statement of a reset that carries the verifier's signature and has a known shape. Rows that were written or
 * changed by hand are not refused but invisible: only what the signature covers is read, never the row's own columns.
 * With the SHA-256 of each text, by which an intent names it.
 */
export async function signedStatements(
  db: Transaction,
  reset: string,
  key: KeyObject,
): Promise<{ attestations: Attestation[]; hashes: string[] }> {
  const rows = await db.attestation.findMany({ where: { resetId: reset }, select: { body: true, signature: true } });
  const known = rows.flatMap(({ body, signature }) => {
    const attestation = readStatement(body, signature, key);
    return attestation ? [{ attestation, hash: createHash('sha256').update(body).digest('hex') }] : [];
  });
  return { attestations: known.map(({ attestation }) => attestation), hashes: known.map(({ hash }) => hash) };
}
