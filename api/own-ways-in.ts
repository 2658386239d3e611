import type { Database } from '#db';

/** Whether one thing that is lost leaves somebody with nothing to confirm with: they have one app, token or key in all. For telling people only. */
export async function hasOneWayIn(db: Database, accountGuid: string): Promise<boolean> {
  const counts = await Promise.all([
    db.totp.count({ where: { accountGuid, endedAt: null } }),
    db.tokenAssignment.count({ where: { accountGuid, endedAt: null } }),
    db.passkey.count({ where: { accountGuid, disabledAt: null, backupEligible: false } }),
  ]);
  return counts.reduce((sum, count) => sum + count, 0) === 1;
}

/** Until when the letter of a campaign works that lies somewhere for this account, or undefined when there is none. */
export async function openLetter(db: Database, accountGuid: string): Promise<Date | undefined> {
  const row = await db.code.findFirst({
    where: { accountGuid, kind: 'enrolment', usedAt: null, expiresAt: { gt: new Date() } },
    orderBy: { expiresAt: 'desc' },
    select: { expiresAt: true },
  });
  return row?.expiresAt ?? undefined;
}
