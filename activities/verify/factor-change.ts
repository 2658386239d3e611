import type { Transaction } from '#db';

/**
 * When the factors of each of these accounts were last replaced; whoever's never were is missing. Replaced is: a passkey
 * bound with codes although the account had had one, or an authenticator app enrolled in the place of another. Who took an
 * account over does just that, so its owner does not decide until the cooling-off time has passed. A first enrolment
 * replaces nothing, and what was confirmed with a key that the person had is no replacement; nor is a new set of recovery
 * codes, which confirms nothing alone.
 */
export async function lastFactorChanges(tx: Pick<Transaction, '$queryRaw'>, accounts: readonly string[]): Promise<Map<string, Date>> {
  const rows = await tx.$queryRaw<{ account: string; at: Date }[]>`
    SELECT account_guid::text AS account, max(at) AS at FROM (
      SELECT account_guid, enrolled_at AS at FROM passkey WHERE binding = 'replacing' AND account_guid = ANY(${[...accounts]}::uuid[])
      UNION ALL
      SELECT account_guid, enrolled_at FROM totp WHERE binding = 'replacing' AND account_guid = ANY(${[...accounts]}::uuid[])
      UNION ALL
      SELECT account_guid, max(enrolled_at) FROM totp WHERE account_guid = ANY(${[...accounts]}::uuid[]) GROUP BY account_guid HAVING count(*) > 1
    ) AS change GROUP BY account_guid`;
  return new Map(rows.map(({ account, at }) => [account, at]));
}
