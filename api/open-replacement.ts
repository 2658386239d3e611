import type { Database } from '#db';

/** A replacement of every factor of an account that somebody asked for and that can still be stopped. */
export interface OpenReplacement {
  reset: string;
  askedAt: Date;
  /** From when on new factors can be set up; undefined as long as it is not approved. */
  from: Date | undefined;
}

/** The one that is open for an account, or undefined. For telling its holder: whether an objection counts is the verifier's to say. */
export async function openReplacement(db: Database, account: string): Promise<OpenReplacement | undefined> {
  const row = await db.reset.findFirst({
    where: { accountGuid: account, operation: 'replace-factors', endedAt: null },
    orderBy: { startedAt: 'desc' },
    select: { id: true, state: true, startedAt: true, expiresAt: true, updatedAt: true },
  });
  if (!row) return undefined;
  const from = row.state === 'cooling-off' ? row.expiresAt : row.state === 'replacing-factors' ? row.updatedAt : null;
  return { reset: row.id, askedAt: row.startedAt, from: from ?? undefined };
}
