import type { Binding } from '#domain/ladder.ts';
import type { ModelProven } from '#domain/passkey-demands.ts';
import type { PasskeyFacts } from '#domain/passkey.ts';
import type { Prisma } from './client.ts';

/** A row as what the verifier signed. */
export function passkeyFacts(
  row: Omit<Prisma.PasskeyGetPayload<object>, 'name' | 'counter' | 'disabledAt' | 'lastUsedAt' | 'lastUsedFrom' | 'signature'>,
): PasskeyFacts {
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
    ...(row.model === null ? {} : { model: modelOf(row.model) }),
  };
}

/** The text of a row; what somebody else wrote there gives facts that were not signed. */
function modelOf(text: string): ModelProven {
  try {
    return JSON.parse(text) as ModelProven; // only what modelBody gives was ever signed
  } catch {
    return { format: 'packed', chain: [], metadata: { number: -1, sha256: '' } };
  }
}
