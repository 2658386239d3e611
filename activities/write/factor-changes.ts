import type { KeyObject } from 'node:crypto';
import { passkeyBody } from '#domain/passkey.ts';
import { openStatement } from '#evidence/attestation.ts';
import { canonical } from '#evidence/jcs.ts';
import { passkeyFacts } from '#prisma/passkeys.ts';
import type { Transaction } from '#db';

/**
 * When each of these people last bound a passkey with codes although they had had one, by rows that the verifier signed;
 * whoever never did is missing. Authenticator apps are none of a writer's business: of those the verifier knows.
 */
export async function factorChanges(db: Transaction, verifierKey: KeyObject, people: readonly string[]): Promise<Map<string, Date>> {
  const rows = await db.passkey.findMany({
    where: { accountGuid: { in: [...people] }, binding: 'replacing' },
    orderBy: { enrolledAt: 'asc' },
  });
  const ours = rows.filter((row) => openStatement(canonical(passkeyBody(passkeyFacts(row))), row.signature, verifierKey) !== undefined);
  return new Map(ours.map(({ accountGuid, enrolledAt }) => [accountGuid, enrolledAt]));
}
