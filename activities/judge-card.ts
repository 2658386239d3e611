import { mappingTo, type CertificateIdentity, type MappableAccount, type MappingFault } from '#domain/account-mapping.ts';
import type { CardJudged } from '#domain/attestation.ts';
import type { Certificate } from '#evidence/certificate.ts';
import { judgeCertificate, type CertificateFault, type CertificateTrust } from '#evidence/certificate-path.ts';
import { securityIdentities } from '#evidence/security-identities.ts';
import { judgedRecord } from '#prisma/card-text.ts';

export type CardFault = CertificateFault | MappingFault;

/**
 * Whether a certificate counts (evidence/certificate-path.ts) and is just this person's, by whose cards count here and by what the directory says
 * now; with what that was judged by, or the first fault. Throws DirectoryUnavailable.
 */
export async function judgeCard(
  person: string,
  certificate: Certificate,
  by: {
    trust: CertificateTrust;
    people: { mapped(identity: CertificateIdentity): Promise<MappableAccount[]> };
    at: Date;
    listsAt?: Date;
  },
): Promise<{ judged: CardJudged } | { fault: CardFault }> {
  const found = judgeCertificate(certificate, by.trust, by);
  if ('fault' in found) return found;
  const identity = { sid: certificate.sid, identities: securityIdentities(certificate) };
  const mapped = mappingTo(person, identity, await by.people.mapped(identity));
  return 'fault' in mapped ? mapped : { judged: judgedRecord(found, mapped.by) };
}
