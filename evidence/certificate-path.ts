import type { Certificate } from './certificate.ts';
import type { RevocationList } from './revocation-list.ts';

/** Whose certificates count. */
export interface CertificateTrust {
  /** Believed because somebody put them there, by the bytes of each certificate. */
  readonly roots: readonly Certificate[];
  /** Authorities between the roots and those that issue. */
  readonly between: readonly Certificate[];
  /** The authorities that may issue what is judged. Another one under the same root may not. */
  readonly issuers: readonly Certificate[];
  readonly lists: readonly RevocationList[];
  /** Extended key usages (object identifiers); one of them has to be named in the certificate. */
  readonly purposes: readonly string[];
}

/** Why a certificate does not count: about itself, about who issued it, about what is known of revocations. */
export type CertificateFault =
  | 'not-yet-valid'
  | 'expired'
  | 'weak'
  | 'usage'
  | 'purpose'
  | 'not-understood'
  | 'issuer'
  | 'path'
  | 'revoked'
  | 'no-list'
  | 'list-expired';

/** A certificate that counts, with what it was judged by: the authorities from its issuer to the root, and a list of each. */
export interface Judged {
  readonly path: readonly Certificate[];
  readonly lists: readonly RevocationList[];
}

const MOST_AUTHORITIES = 5;

/**
 * Judges a certificate of a person (RFC 5280 §6, without name constraints and policies, which refuse): valid at `at`, for signatures, for one of
 * the purposes, issued by an authority that may, whose own certificates are valid up to a root; and not revoked, nor any of those, by
 * lists that are current at `listsAt`. No list, or none that is current, is a refusal. The first fault in the order of the type, roughly.
 */
export function judgeCertificate(
  certificate: Certificate,
  trust: CertificateTrust,
  { at, listsAt = at }: { at: Date; listsAt?: Date },
): Judged | { fault: CertificateFault } {
  const found = pathOf(certificate, trust, at);
  if ('fault' in found) return found;
  const { path } = found;
  const lists: RevocationList[] = [];
  // The root is believed for being pinned: whoever withdraws it takes it out of the file.
  for (const [index, authority] of path.entries()) {
    const found = listOf(authority, trust.lists, listsAt);
    if ('fault' in found) return found;
    if (found.list.isRevoked((path[index - 1] ?? certificate).serial)) return { fault: 'revoked' };
    lists.push(found.list);
  }
  return { path, lists };
}

/** The same without asking for revocations: for an auditor, years later, and for whoever asks them elsewhere. */
export function pathOf(
  certificate: Certificate,
  trust: Omit<CertificateTrust, 'lists'>,
  at: Date,
): Pick<Judged, 'path'> | { fault: CertificateFault } {
  const own = ownFault(certificate, trust.purposes, at);
  if (own) return { fault: own };
  const issuer = trust.issuers.find((one) => isIssued(certificate, one));
  if (!issuer) return { fault: 'issuer' };
  const path = pathFrom(issuer, trust, at, 0);
  return path ? { path } : { fault: 'path' };
}

function ownFault(certificate: Certificate, purposes: readonly string[], at: Date): CertificateFault | undefined {
  if (at < certificate.notBefore) return 'not-yet-valid';
  if (at > certificate.notAfter) return 'expired';
  if (isWeak(certificate)) return 'weak';
  if (certificate.authority || !certificate.usage?.digitalSignature) return 'usage';
  if (!certificate.purposes.some((purpose) => purposes.includes(purpose))) return 'purpose';
  return certificate.notUnderstood.length > 0 ? 'not-understood' : undefined;
}

/** SHA-1 and other hashes that are not taken, RSA under 2048 bits (NIST SP 800-131A), curves other than P-256, P-384 and P-521. */
function isWeak({ key, signedWith }: Certificate): boolean {
  return signedWith === undefined || hasWeakKey(key);
}

function hasWeakKey({ asymmetricKeyType: type, asymmetricKeyDetails: details }: Certificate['key']): boolean {
  if (type === 'rsa') return (details?.modulusLength ?? 0) < 2048;
  return type !== 'ec' || !['prime256v1', 'secp384r1', 'secp521r1'].includes(details?.namedCurve ?? '');
}

function isIssued(certificate: Certificate, by: Certificate): boolean {
  const { authorityKeyId, names } = certificate;
  if (names.issuer !== by.names.subject) return false;
  if (authorityKeyId !== undefined && by.subjectKeyId !== undefined && authorityKeyId !== by.subjectKeyId) return false;
  return certificate.isIssuedBy(by);
}

/**
 * The way from a certificate of a thing, not of a person, to a root: no purpose is asked, no list of who may issue, no revocation. A certificate that is itself
 * among the roots is believed for that (FIDO Metadata Statement §4, attestationRootCertificates). `between`: authorities that came with it.
 */
export function chainOf(
  certificate: Certificate,
  { roots, between }: Pick<CertificateTrust, 'roots' | 'between'>,
  at: Date,
): Pick<Judged, 'path'> | { fault: CertificateFault } {
  if (at < certificate.notBefore) return { fault: 'not-yet-valid' };
  if (at > certificate.notAfter) return { fault: 'expired' };
  if (roots.some(({ sha256 }) => sha256 === certificate.sha256)) return hasWeakKey(certificate.key) ? { fault: 'weak' } : { path: [] };
  if (isWeak(certificate)) return { fault: 'weak' };
  if (certificate.authority || certificate.usage?.digitalSignature === false) return { fault: 'usage' };
  if (certificate.notUnderstood.length > 0) return { fault: 'not-understood' };
  const trust = { roots, between, issuers: [], purposes: [] };
  for (const issuer of [...roots, ...between]) {
    const path = isIssued(certificate, issuer) ? pathFrom(issuer, trust, at, 0) : undefined;
    if (path) return { path };
  }
  return { fault: 'path' };
}

/** From an authority up to a root, itself first; undefined when there is no way. `below`: how many authorities stand under it. */
function pathFrom(authority: Certificate, trust: Omit<CertificateTrust, 'lists'>, at: Date, below: number): Certificate[] | undefined {
  const root = trust.roots.some(({ sha256 }) => sha256 === authority.sha256);
  const isSound =
    below < MOST_AUTHORITIES &&
    at >= authority.notBefore &&
    at <= authority.notAfter &&
    // Nobody relies on a root's signature over itself.
    !(root ? hasWeakKey(authority.key) : isWeak(authority)) &&
    authority.authority !== undefined &&
    authority.authority.pathLength >= below &&
    authority.usage?.keyCertSign !== false &&
    authority.notUnderstood.length === 0;
  if (!isSound) return undefined;
  if (root) return [authority];
  for (const above of [...trust.roots, ...trust.between]) {
    const rest = isIssued(authority, above) ? pathFrom(above, trust, at, below + 1) : undefined;
    if (rest) return [authority, ...rest];
  }
  return undefined;
}

/** The newest current list that this authority signed. An expired one beside it does no harm; only expired ones are as good as none. */
function listOf(
  authority: Certificate,
  lists: readonly RevocationList[],
  at: Date,
): { list: RevocationList } | { fault: 'no-list' | 'list-expired' } {
  const own = lists.filter((list) => list.issuer === authority.names.subject && list.isSignedBy(authority));
  const [newest] = own.filter((list) => list.thisUpdate <= at).toSorted((a, b) => Number(b.thisUpdate) - Number(a.thisUpdate));
  if (!newest) return { fault: 'no-list' };
  return newest.nextUpdate > at ? { list: newest } : { fault: 'list-expired' };
}
