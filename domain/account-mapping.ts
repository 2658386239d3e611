/** What a certificate says about whose it is. */
export interface CertificateIdentity {
  /** The objectSid that its issuer put into it. */
  sid: string | undefined;
  /** Forms of altSecurityIdentities that map it strongly. */
  identities: Readonly<Record<string, string>>;
}

/** An account of the directory that the certificate may be mapped to, with what maps it. */
export interface MappableAccount {
  guid: string;
  sid: string;
  identities: readonly string[];
}

/** By what an account was found. */
export const MAPPINGS = ['sid', 'issuer-serial', 'key-id'] as const;
export type Mapping = (typeof MAPPINGS)[number];

export type MappingFault = 'not-mapped' | 'mapped-twice' | 'mapped-elsewhere';

/**
 * By what a certificate is this person's, or why it is not. Only what cannot be given to somebody else counts: the SID in the certificate, or
 * issuer and serial number or key identifier in the account. A user principal name is none of these: it can be given to another. A
 * certificate that is two accounts' is nobody's.
 */
export function mappingTo(
  person: string,
  certificate: CertificateIdentity,
  accounts: readonly MappableAccount[],
): { by: Mapping } | { fault: MappingFault } {
  const mapped = accounts.flatMap((account) => {
    const by = MAPPINGS.find((one) => isMappedBy(one, certificate, account));
    return by === undefined ? [] : [{ guid: account.guid, by }];
  });
  // A certificate that names an account which is gone is not somebody else's for it.
  if (certificate.sid !== undefined && !mapped.some(({ by }) => by === 'sid'))
    return { fault: mapped.length > 0 ? 'mapped-twice' : 'not-mapped' };
  const [only, ...more] = mapped;
  if (!only) return { fault: 'not-mapped' };
  if (more.length > 0) return { fault: 'mapped-twice' };
  return only.guid === person ? { by: only.by } : { fault: 'mapped-elsewhere' };
}

/** Whether a value of altSecurityIdentities ties some card to its account strongly: by issuer and serial number, or by key identifier. */
export function isStrongMapping(value: string): boolean {
  return /^X509:(?:<I>.+<SR>|<SKI>)[0-9a-f]+$/i.test(value);
}

function isMappedBy(by: Mapping, { sid, identities }: CertificateIdentity, account: MappableAccount): boolean {
  if (by === 'sid') return sid !== undefined && account.sid === sid;
  const form = identities[by]?.toLowerCase();
  return form !== undefined && account.identities.some((one) => one.toLowerCase() === form);
}
