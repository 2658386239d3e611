import type { KeyObject } from 'node:crypto';
import { openStatement } from '#evidence/attestation.ts';
import { canonical } from '#evidence/jcs.ts';
import type { Transaction } from './client.ts';

export interface Frozen {
  freeze: string;
  at: Date;
}

/** What the verifier signs when a freeze ends. */
export function thawBody({ freeze, factor, at }: { freeze: string; factor: string; at: Date }) {
  return { v: 1, kind: 'row/thaw', freeze, factor, at: at.toISOString() } as const;
}

interface Row {
  factor: string;
  freeze: string;
  at: Date;
  thawed: Date | null;
  signature: Uint8Array | null;
}

/**
 * Which of these factors are frozen now, by id. A freeze counts whoever wrote the row, since it only keeps something from counting; its
 * end does with the verifier's signature alone, so no edited row brings a factor back.
 */
export async function frozenFactors(
  db: Pick<Transaction, '$queryRaw'>,
  factors: readonly string[],
  verifierKey: KeyObject,
): Promise<Map<string, Frozen>> {
  const rows = await db.$queryRaw<Row[]>`
    SELECT f.factor_id::text AS factor, f.id::text AS "freeze", f.at, t.at AS thawed, t.signature
    FROM factor_freeze f LEFT JOIN factor_thaw t ON t.freeze_id = f.id WHERE f.factor_id = ANY(${[...factors]}::uuid[])`;
  const standing = rows.filter(({ factor, freeze, thawed, signature }) => {
    if (!thawed || !signature) return true;
    return openStatement(canonical(thawBody({ freeze, factor, at: thawed })), signature, verifierKey) === undefined;
  });
  return new Map(standing.map(({ factor, freeze, at }) => [factor, { freeze, at }]));
}
