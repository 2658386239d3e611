import type { Binding } from '#domain/ladder.ts';
import type { PasskeyFacts } from '#domain/passkey.ts';
import type { Prisma } from './client.ts';

/** A row as what the verifier signed. */
export function passkeyFacts(row: Omit<Prisma.PasskeyGetPayload<object>, 'name' | 'counter' | 'disabledAt' | 'signature'>): PasskeyFacts {
  return {
    id: row.id,
    account: row.accountGuid,
    credential: row.credentialId,
    spki: Buffer.from(row.spki).toString('base64'),
    algorithm: row.algorithm,
    aaguid: row.aaguid,
    synced: row.backupEligible,
    rp: row.rpId,
    transports: row.transports,
    binding: row.binding as Binding, // a row with any other word was not signed
    enrolled: row.enrolledAt.toISOString(),
  };
}
