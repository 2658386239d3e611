import type { Database } from '#db';

/** How many recovery codes of an account were neither used nor replaced. For telling people only: whether one counts is the verifier's to say. */
export function recoveryCodesLeft(db: Database, account: string): Promise<number> {
  return db.code.count({ where: { accountGuid: account, kind: 'recovery', usedAt: null, expiresAt: null } });
}
