import { mappingTo } from '#domain/account-mapping.ts';
import type { Attestation, DecisionConfirmed } from '#domain/attestation.ts';
import { judgeCertificate } from '#evidence/certificate-path.ts';
import { securityIdentities } from '#evidence/security-identities.ts';
import { certificateOf } from '#prisma/card-text.ts';
import { mappedAccounts } from '../directory/mapped-accounts.ts';
import type { WriterDeps } from './deps.ts';

/**
 * Those of the signed decisions that count for this writer: of decisions by smart card only those whose certificate it trusts by its own roots, valid when it
 * signed, revoked by no list that speaks now, and tied to the approver by the directory as this writer's own bind reads it.
 */
export async function withTrustedCards(
  { cards, directory }: Pick<WriterDeps, 'cards' | 'directory'>,
  { attestations, signed, now }: { attestations: readonly Attestation[]; signed: ReadonlySet<string>; now: Date },
): Promise<ReadonlySet<string>> {
  const counted = new Set(signed);
  const byCard = attestations.filter((one): one is DecisionConfirmed => one.kind === 'decision' && one.method === 'smart-card');
  for (const { id, person, at, card } of byCard) {
    const [certificate, trust] = [certificateOf(card?.certificate), cards()];
    const judged = certificate && trust && judgeCertificate(certificate, trust, { at: new Date(at), listsAt: now });
    const identity = certificate && { sid: certificate.sid, identities: securityIdentities(certificate) };
    const isTheirs =
      judged && 'path' in judged && identity && 'by' in mappingTo(person, identity, await mappedAccounts(directory, identity));
    if (!isTheirs) counted.delete(id);
  }
  return counted;
}
