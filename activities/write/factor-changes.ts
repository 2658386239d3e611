import type { KeyObject } from 'node:crypto';
import { passkeyBody } from '#domain/passkey.ts';
import { openStatement } from '#evidence/attestation.ts';
import { canonical } from '#evidence/jcs.ts';
import { readStatement } from '#prisma/statement-text.ts';
import { passkeyFacts } from '#prisma/passkeys.ts';
import type { Transaction } from '#db';

/**
 * When each of these people last bound a passkey with codes although they had had one, or had every factor replaced, by what the
 * verifier signed;
 * whoever never did is missing. Authenticator apps are none of a writer's business: of those the verifier knows.
 */
export async function factorChanges(db: Transaction, verifierKey: KeyObject, people: readonly string[]): Promise<Map<string, Date>> {
  const rows = await db.passkey.findMany({
    where: { accountGuid: { in: [...people] }, binding: 'replacing' },
    orderBy: { enrolledAt: 'asc' },
  });
  const ours = rows.filter((row) => openStatement(canonical(passkeyBody(passkeyFacts(row))), row.signature, verifierKey) !== undefined);
  const changes = [
    ...ours.map(({ accountGuid, enrolledAt }) => [accountGuid, enrolledAt] as const),
    ...(await replacements(db, verifierKey, people)),
  ];
  return new Map(changes.toSorted(([, a], [, b]) => a.getTime() - b.getTime()));
}

/** Who had lost every factor and got new ones, by what the verifier signed then. */
async function replacements(db: Transaction, verifierKey: KeyObject, people: readonly string[]): Promise<(readonly [string, Date])[]> {
  const rows = await db.$queryRaw<{ body: string; signature: Uint8Array }[]>`
    SELECT a.body, a.signature FROM attestation a JOIN reset r ON r.id = a.reset_id
    WHERE a.kind = 'replaced' AND r.account_guid = ANY(${[...people]}::uuid[])`;
  return rows.flatMap(({ body, signature }) => {
    const statement = readStatement(body, signature, verifierKey);
    return statement?.kind === 'replaced' ? [[statement.account, new Date(statement.at)] as const] : [];
  });
}
