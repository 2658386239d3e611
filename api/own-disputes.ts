import type { Database } from '#db';
import { OBJECTION_DAYS } from '#domain/ladder.ts';

/** A factor that its owner may object to by their password alone, or one that is frozen. */
export interface Dispute {
  id: string;
  addedAt: Date;
  /** Missing while it counts. */
  frozenAt: Date | undefined;
  isOpenToObjection: boolean;
}

/** Apps and keys of an account about which something is to be said or settled, the newest first, by the tables; the verifier judges. */
export async function readDisputes(db: Database, account: string): Promise<Dispute[]> {
  const [apps, keys, freezes] = await Promise.all([
    db.totp.findMany({ where: { accountGuid: account, endedAt: null }, select: { id: true, enrolledAt: true, binding: true } }),
    db.passkey.findMany({ where: { accountGuid: account, disabledAt: null }, select: { id: true, enrolledAt: true, binding: true } }),
    db.freeze.findMany({ where: { accountGuid: account }, select: { id: true, factorId: true, at: true } }),
  ]);
  const thaws = await db.thaw.findMany({ where: { freezeId: { in: freezes.map(({ id }) => id) } }, select: { freezeId: true } });
  const ended = new Set(thaws.map(({ freezeId }) => freezeId));
  const since = Date.now() - OBJECTION_DAYS * 24 * 3_600_000;
  return [...apps, ...keys]
    .map((one) => {
      const of = freezes.filter(({ factorId }) => factorId === one.id);
      return {
        id: one.id,
        addedAt: one.enrolledAt,
        frozenAt: of.find(({ id }) => !ended.has(id))?.at,
        isOpenToObjection: one.binding !== null && of.length === 0 && one.enrolledAt.getTime() > since,
      };
    })
    .filter(({ frozenAt, isOpenToObjection }) => frozenAt !== undefined || isOpenToObjection)
    .toSorted((a, b) => b.addedAt.getTime() - a.addedAt.getTime());
}
