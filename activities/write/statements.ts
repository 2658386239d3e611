import { createHash, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import type { Transaction } from '#db';
import type { Attestation } from '#domain/attestation.ts';
import { FACTORS, PROOFS } from '#domain/next.ts';
import { openStatement } from '#evidence/attestation.ts';

const guid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const common = { v: z.literal(1), id: z.string().min(1), reset: guid, run: guid, account: guid, at: z.iso.datetime() };

/** Exactly domain/attestation.ts: a statement with one field more or less was signed by a version that this writer does not know. */
const statement = z.discriminatedUnion('kind', [
  z.strictObject({
    ...common,
    kind: z.literal('identified'),
    sid: z.string(),
    policy: z.string(),
    rule: z.string().nullable(),
    protected: z.boolean(),
    manager: guid.nullable(),
    pwdLastSet: z.string(),
  }),
  z.strictObject({ ...common, kind: z.literal('proof'), method: z.enum(PROOFS), credential: z.string(), issuer: guid.nullable() }),
  z.strictObject({ ...common, kind: z.literal('factor'), method: z.enum(FACTORS), credential: z.string() }),
  z.strictObject({
    ...common,
    kind: z.literal('decision'),
    person: guid,
    stage: z.int().min(0),
    decision: z.enum(['approve', 'deny']),
    reason: z.string(),
    method: z.enum(FACTORS),
    credential: z.string(),
  }),
]);

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
    const parsed = statement.safeParse(openStatement(body, signature, key));
    return parsed.success ? [{ attestation: parsed.data, hash: createHash('sha256').update(body).digest('hex') }] : [];
  });
  return { attestations: known.map(({ attestation }) => attestation), hashes: known.map(({ hash }) => hash) };
}
