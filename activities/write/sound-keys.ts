import type { KeyObject } from 'node:crypto';
import type { Attestation } from '#domain/attestation.ts';
import { isKeyKind, kindOfKey } from '#domain/key-kinds.ts';
import { passkeyBody, type PasskeyFacts } from '#domain/passkey.ts';
import type { PasskeyDemands } from '#domain/passkey-demands.ts';
import type { Metadata } from '#evidence/fido-metadata.ts';
import { canonical } from '#evidence/jcs.ts';
import { passkeyFacts } from '#prisma/passkeys.ts';
import { keyOfRecord, readPasskey } from '#prisma/signed-record.ts';
import type { Transaction } from '#db';

/** By what a writer judges models of keys. */
interface ModelsKnown {
  verifierKey: KeyObject;
  metadata: Metadata | undefined;
  demands: PasskeyDemands;
}

/**
 * Those of the signed decisions and signatures that count for this writer: none by a key whose model its own list reports as
 * compromised, however long ago it signed, where the frozen policy lets no such key count.
 */
export function withSoundKeys(
  signed: ReadonlySet<string>,
  attestations: readonly Attestation[],
  { verifierKey, metadata, demands }: ModelsKnown,
): ReadonlySet<string> {
  if (demands.compromised !== 'refuse-all' || !metadata) return signed;
  const stopped = attestations.filter((one) => {
    const aaguid = 'signed' in one && one.signed ? keyOfRecord(one.signed, verifierKey)?.aaguid : undefined;
    return aaguid !== undefined && (metadata.models.get(aaguid)?.compromised.length ?? 0) > 0;
  });
  return signed.difference(new Set(stopped.map(({ id }) => id)));
}

/** Of the keys that claimants showed as factors, the ids of those whose model is so reported, or that are said to be of another kind than they are, by the rows that the verifier signed. */
export async function unsoundFactors(
  db: Transaction,
  attestations: readonly Attestation[],
  { verifierKey, metadata, demands }: ModelsKnown,
): Promise<Set<string>> {
  const shown = attestations.flatMap((one) => (one.kind === 'factor' && isKeyKind(one.method) ? [one] : []));
  const ids = shown.map(({ credential }) => credential);
  const rows = ids.length === 0 ? [] : await db.passkey.findMany({ where: { id: { in: ids } } });
  const keys = rows.flatMap((row) => readPasskey(canonical(passkeyBody(passkeyFacts(row))), row.signature, verifierKey) ?? []);
  const models = demands.compromised === 'refuse-all' ? metadata?.models : undefined;
  const isSound = ({ id, aaguid, synced }: PasskeyFacts): boolean =>
    (models?.get(aaguid)?.compromised.length ?? 0) === 0 &&
    shown.every(({ credential, method }) => credential !== id || method === kindOfKey(synced));
  return new Set(keys.filter((key) => !isSound(key)).map(({ id }) => id));
}
