import type { KeyObject } from 'node:crypto';
import type { Attestation } from '#domain/attestation.ts';
import type { PasskeyDemands } from '#domain/passkey-demands.ts';
import type { Metadata } from '#evidence/fido-metadata.ts';
import { keyOfRecord } from '#prisma/signed-record.ts';

/**
 * Those of the signed decisions and signatures that count for this writer: none by a key whose model its own list reports as
 * compromised, however long ago it signed, where the frozen policy lets no such key count.
 */
export function withSoundKeys(
  signed: ReadonlySet<string>,
  attestations: readonly Attestation[],
  { verifierKey, metadata, demands }: { verifierKey: KeyObject; metadata: Metadata | undefined; demands: PasskeyDemands },
): ReadonlySet<string> {
  if (demands.compromised !== 'refuse-all' || !metadata) return signed;
  const stopped = attestations.filter((one) => {
    const aaguid = 'signed' in one && one.signed ? keyOfRecord(one.signed, verifierKey)?.aaguid : undefined;
    return aaguid !== undefined && (metadata.models.get(aaguid)?.compromised.length ?? 0) > 0;
  });
  return signed.difference(new Set(stopped.map(({ id }) => id)));
}
