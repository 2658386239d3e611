import { createHash, verify, type KeyObject } from 'node:crypto';
import { chainOf } from './certificate-path.ts';
import { readCertificate, type Certificate } from './certificate.ts';

/** FIDO metadata about models of authenticators (FIDO Metadata Service v3.0 §3.1), as a file: a JWT (RFC 7515) that its publisher signed. */
export interface Metadata {
  /** The publisher's serial number of this list; it only goes up. */
  readonly number: number;
  /** The day from which a newer list is to be had, YYYY-MM-DD. */
  readonly nextUpdate: string;
  /** SHA-256 of the JWT's text, hexadecimal. */
  readonly sha256: string;
  /** By AAGUID, lower-case. */
  readonly models: ReadonlyMap<string, Model>;
}

export interface Model {
  readonly aaguid: string;
  readonly description: string;
  /** Certificates that vouch for keys of this model, DER in base64. */
  readonly roots: readonly string[];
  /** Which of COMPROMISED were ever reported of it: a later report takes none of them back, since keys made before stay as they are. */
  readonly compromised: readonly Compromise[];
}

/** Reports after which a model's word, or its keys, cannot be relied upon (FIDO Metadata Service §3.1.4). */
export const COMPROMISED = [
  'USER_VERIFICATION_BYPASS',
  'ATTESTATION_KEY_COMPROMISE',
  'USER_KEY_REMOTE_COMPROMISE',
  'USER_KEY_PHYSICAL_COMPROMISE',
  'REVOKED',
] as const;
export type Compromise = (typeof COMPROMISED)[number];

export const MOST_METADATA_BYTES = 64 * 1024 * 1024;

/** Why a file of metadata is refused: what happened and what to do. */
export const METADATA_FAULTS = {
  'too-large': 'The file is larger than 64 MB, which no list of models is. Fetch it again from the FIDO Metadata Service.',
  'not-a-jwt':
    'The file is no signed list of models: it has not the three parts of a JWT. Bring the BLOB of the FIDO Metadata Service just as it was fetched.',
  unsigned: 'The list is not signed, or does not bring the certificate of whoever signed it. Do not use it; fetch it again.',
  algorithm: 'The list is signed in a way that is not taken. RSA with SHA-256 and ECDSA on P-256 are.',
  path: 'The certificate of whoever signed the list does not lead to the root that is trusted here. Compare the root with the one that FIDO names, then say: countersign metadata trust --root <file>',
  expired:
    'The certificate of whoever signed the list has expired, or is not valid yet. Fetch a newer list, and look at the clock of this host.',
  signature: 'The signature is not over this list: it was changed on the way. Do not use it; fetch it again.',
  content: 'The list is signed, but is not written as FIDO Metadata Service 3 says. Fetch it again.',
} as const;
export type MetadataFault = keyof typeof METADATA_FAULTS;

/** What readMetadata throws. */
export class MetadataRefused extends Error {
  readonly fault: MetadataFault;
  constructor(fault: MetadataFault) {
    super(METADATA_FAULTS[fault]);
    this.fault = fault;
  }
}

/**
 * Reads a list of models whose signature and chain hold up to one of these roots at that moment; nothing is fetched, and
 * no revocation of the signer is looked up. Throws MetadataRefused.
 */
export function readMetadata(text: string, roots: readonly Certificate[], at: Date): Metadata {
  if (text.length > MOST_METADATA_BYTES) throw new MetadataRefused('too-large');
  const jwt = text.trim();
  const parts = jwt.split('.');
  const [head = '', body = '', signature = ''] = parts;
  if (parts.length !== 3 || !parts.every((part) => /^[A-Za-z0-9_-]*$/.test(part)) || body === '') throw new MetadataRefused('not-a-jwt');
  const header = objectIn(head) ?? refuse('not-a-jwt');
  const algorithm = header['alg'];
  if (algorithm === 'none' || signature === '') throw new MetadataRefused('unsigned');
  const [signer, ...between] = certificatesOf(header['x5c']);
  if (!signer) throw new MetadataRefused('unsigned');
  const chain = chainOf(signer, { roots, between }, at);
  if ('fault' in chain) throw new MetadataRefused(chain.fault === 'expired' || chain.fault === 'not-yet-valid' ? 'expired' : 'path');
  if (!isSigned(algorithm, signer.key, `${head}.${body}`, signature)) throw new MetadataRefused('signature');
  const payload = objectIn(body) ?? refuse('content');
  const { no: number, nextUpdate, entries } = payload;
  if (!isNumber(number) || typeof nextUpdate !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(nextUpdate) || !Array.isArray(entries))
    throw new MetadataRefused('content');
  return { number, nextUpdate, sha256: createHash('sha256').update(jwt).digest('hex'), models: modelsOf(entries) };
}

/** Authenticators without an AAGUID (U2F, UAF) are left out: nobody who asks for a model asks for them. */
function modelsOf(entries: readonly unknown[]): Map<string, Model> {
  const models = new Map<string, Model>();
  for (const entry of entries) {
    if (!isObject(entry)) throw new MetadataRefused('content');
    const aaguid = entry['aaguid'];
    if (aaguid === undefined) continue;
    const statement = isObject(entry['metadataStatement']) ? entry['metadataStatement'] : {};
    const reports = entry['statusReports'];
    if (typeof aaguid !== 'string' || !AAGUID.test(aaguid) || !Array.isArray(reports) || models.has(aaguid))
      throw new MetadataRefused('content');
    const statuses = reports.map((report: unknown) => (isObject(report) ? report['status'] : refuse('content')));
    const { description, attestationRootCertificates: roots = [] } = statement;
    if (!Array.isArray(roots)) throw new MetadataRefused('content');
    models.set(aaguid, {
      aaguid,
      description: typeof description === 'string' ? description : '',
      roots: roots.map((root: unknown) => (typeof root === 'string' ? root : refuse('content'))),
      compromised: COMPROMISED.filter((one) => statuses.includes(one)),
    });
  }
  return models;
}

export const AAGUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function certificatesOf(x5c: unknown): Certificate[] {
  if (!Array.isArray(x5c) || x5c.length > 8) return [];
  try {
    return x5c.map((one: unknown) => readCertificate(Buffer.from(typeof one === 'string' ? one : '', 'base64')));
  } catch {
    return [];
  }
}

/** RFC 7518 §3.3 and §3.4. */
function isSigned(algorithm: unknown, key: KeyObject, signed: string, signature: string): boolean {
  const bytes = Buffer.from(signature, 'base64url');
  if (algorithm === 'RS256' && key.asymmetricKeyType === 'rsa') return verify('sha256', Buffer.from(signed), key, bytes);
  if (algorithm === 'ES256' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1')
    return verify('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }, bytes);
  throw new MetadataRefused('algorithm');
}

function refuse(fault: MetadataFault): never {
  throw new MetadataRefused(fault);
}

function objectIn(part: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
