import type { Transaction } from '#db';

/**
 * When this account's factors were last replaced, or undefined when they never were: a passkey bound with codes although
 * the account had had one, or an authenticator app enrolled in the place of another. Who took an account over does just
 * that, so its owner does not decide until the cooling-off time has passed. A first enrolment replaces nothing, and what
 * was confirmed with a key that the person had is no replacement; nor is a new set of recovery codes, which confirms nothing alone.
 */
export async function lastFactorChange(tx: Pick<Transaction, 'passkey' | 'totp'>, account: string): Promise<Date | undefined> {
  const replacing = await tx.passkey.findFirst({
    where: { accountGuid: account, binding: 'replacing' },
    orderBy: { enrolledAt: 'desc' },
    select: { enrolledAt: true },
  });
  const [latest, earlier] = await tx.totp.findMany({
    where: { accountGuid: account },
    orderBy: { enrolledAt: 'desc' },
    take: 2,
    select: { enrolledAt: true },
  });
  const changes = [replacing?.enrolledAt, earlier ? latest?.enrolledAt : undefined].filter((at) => at !== undefined);
  return changes.toSorted((a, b) => b.getTime() - a.getTime())[0];
}
