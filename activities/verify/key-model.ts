import { readCertificate, type Certificate } from '#evidence/certificate.ts';
import { chainOf } from '#evidence/certificate-path.ts';
import type { Metadata } from '#evidence/fido-metadata.ts';
import type { ModelFault, ModelProven, PasskeyDemands } from '#domain/passkey-demands.ts';
import type { Transaction } from '#db';
import type { VerifierDeps } from './deps.ts';

/** The list of models as it may be relied upon now, or why it may not. */
export type MetadataStanding = { metadata: Metadata } | { fault: 'metadata-missing' | 'metadata-older' };

/** Under which subject the numbers of the lists that were taken stay burned (ops/metadata/take-list.ts). */
export const METADATA_SUBJECT = 'fido-metadata';

/**
 * This process's own list, unless a list with a higher number was taken once: whoever puts an old file back, or takes the
 * file away, would bring back keys that were stopped. Whoever edits the table can stop keys by it and bring none back.
 */
export async function metadataStanding(tx: Transaction, deps: Pick<VerifierDeps, 'metadata'>): Promise<MetadataStanding> {
  const [row] = await tx.$queryRaw<{ highest: bigint | null }[]>`
    SELECT max(update_id::bigint) AS highest FROM burn WHERE subject = ${METADATA_SUBJECT} AND update_id ~ '^[0-9]{1,15}$'`;
  const metadata = deps.metadata();
  if (BigInt(metadata?.number ?? -1) < (row?.highest ?? -1n)) return { fault: 'metadata-older' };
  return metadata ? { metadata } : { fault: 'metadata-missing' };
}

/** Why a key that people have does not count by its model, or undefined. What it claims to be is enough to stop it. */
export function whyModelStopped(aaguid: string, { compromised }: PasskeyDemands, standing: MetadataStanding): ModelFault | undefined {
  if (compromised !== 'refuse-all') return undefined;
  if ('fault' in standing) return standing.fault === 'metadata-older' ? standing.fault : undefined;
  return isCompromised(standing.metadata, aaguid) ? 'model-compromised' : undefined;
}

/** What a new key says about itself: the format and the certificates of its attestation, whose signature holds. */
export interface Attested {
  format: string;
  aaguid: string;
  certificates: readonly Uint8Array[];
}

/**
 * Judges the model of a new key by what the policy asks. The library has checked the attestation's signature by its first
 * certificate, and nothing more: that the certificate is of a maker, and of this model, is judged here. `null`: nothing had to be proven.
 */
export function judgeModel(
  { format, aaguid, certificates }: Attested,
  { attestation, models }: PasskeyDemands,
  standing: MetadataStanding,
  at: Date,
): { proven: ModelProven | null } | { fault: ModelFault } {
  if (attestation === 'not-asked') {
    if ('fault' in standing) return standing.fault === 'metadata-older' ? standing : { proven: null };
    return isCompromised(standing.metadata, aaguid) ? { fault: 'model-compromised' } : { proven: null };
  }
  if ('fault' in standing) return standing;
  if (format === 'none' || (format === 'packed' && certificates.length === 0)) return { fault: 'attestation-missing' };
  if (format !== 'packed') return { fault: 'attestation-format' };
  if (models.length > 0 && !models.includes(aaguid)) return { fault: 'model-not-allowed' };
  const { metadata } = standing;
  const model = metadata.models.get(aaguid);
  if (!model) return { fault: 'model-unknown' };
  if (model.compromised.length > 0) return { fault: 'model-compromised' };
  const [own, ...between] = certificates.map(certificateIn);
  const roots = model.roots.flatMap((root) => certificateIn(Buffer.from(root, 'base64')) ?? []);
  if (!own || between.includes(undefined)) return { fault: 'attestation-chain' };
  const chain = chainOf(own, { roots, between: between.filter((one) => one !== undefined) }, at);
  if ('fault' in chain) return { fault: 'attestation-chain' };
  const { number, sha256 } = metadata;
  return { proven: { format, chain: [own, ...chain.path].map(({ der }) => der.toString('base64')), metadata: { number, sha256 } } };
}

function isCompromised(metadata: Metadata, aaguid: string): boolean {
  return (metadata.models.get(aaguid)?.compromised.length ?? 0) > 0;
}

function certificateIn(der: Uint8Array): Certificate | undefined {
  try {
    return readCertificate(der);
  } catch {
    return undefined;
  }
}
