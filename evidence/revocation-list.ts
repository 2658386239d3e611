import { createHash, verify } from 'node:crypto';
import { AsnConvert } from '@peculiar/asn1-schema';
import {
  CertificateList,
  id_ce_cRLNumber,
  id_ce_issuingDistributionPoint,
  IssuingDistributionPoint,
  type Extension,
} from '@peculiar/asn1-x509';
import { nameHex, type Certificate } from './certificate.ts';
import { derSequence, derValues, type DerValue } from './der.ts';
import { Malformed } from './malformed.ts';
import { signatureHash } from './signature-hash.ts';

/** A list of revoked certificates (RFC 5280 §5), read and not yet believed. */
export interface RevocationList {
  /** SHA-256 of the DER, hexadecimal. */
  readonly sha256: string;
  /** The issuer's name by its DER, hexadecimal. */
  readonly issuer: string;
  /** crlNumber as decimal text; undefined where the list has none. */
  readonly number: string | undefined;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  isRevoked(serial: string): boolean;
  /** Whether this authority signed it, and may. */
  isSignedBy(authority: Certificate): boolean;
}

/**
 * Reads a whole list, PEM or DER. Throws Malformed for anything else: also for one that tells only changes (a delta), only some
 * certificates (a critical extension says which), or not when the next one comes, since its silence about a certificate means nothing.
 */
export function readRevocationList(bytes: Uint8Array): RevocationList {
  const der = derOf(bytes);
  const { list, entries, signed } = split(der);
  const { tbsCertList: tbs, signatureAlgorithm, signature } = list;
  const narrowed = (tbs.crlExtensions ?? []).find(narrows);
  if (narrowed)
    throw new Malformed(`the list does not tell all revocations of its authority (extension ${narrowed.extnID}); put the full list there`);
  if (!tbs.nextUpdate) throw new Malformed('the list does not say when the next one comes');
  const revoked = new Set(entries);
  return {
    sha256: createHash('sha256').update(der).digest('hex'),
    issuer: nameHex(tbs.issuer),
    number: numberOf(tbs.crlExtensions ?? []),
    thisUpdate: tbs.thisUpdate.getTime(),
    nextUpdate: tbs.nextUpdate.getTime(),
    isRevoked: (serial) => revoked.has(serial),
    isSignedBy: ({ key, names, usage }) => {
      const hash = signatureHash(signatureAlgorithm.algorithm);
      if (!hash || names.subject !== nameHex(tbs.issuer) || usage?.crlSign === false) return false;
      return tbs.signature.algorithm === signatureAlgorithm.algorithm && verify(hash, signed, key, Buffer.from(signature));
    },
  };
}

const [INTEGER, SEQUENCE, UTC_TIME, GENERALIZED_TIME] = [0x02, 0x30, 0x17, 0x18] as const;

/** The serial numbers by themselves, and the rest as the library reads it. */
function split(der: Buffer): { list: CertificateList; entries: string[]; signed: Buffer } {
  try {
    const [outer, ...after] = derValues(der);
    const [tbs, ...signature] = derValues(outer?.content ?? der);
    if (!outer || !tbs || after.length > 0) throw new Malformed('this is not DER');
    const parts = derValues(tbs.content);
    // The entries stand behind the time of the list, or that of the next one.
    const isTime = (value: DerValue | undefined) => value?.tag === UTC_TIME || value?.tag === GENERALIZED_TIME;
    const at = parts.findIndex(({ tag }, index) => tag === SEQUENCE && isTime(parts[index - 1]));
    const entries = derValues(parts[at]?.content ?? Buffer.alloc(0)).map(({ content }) => serialOf(derValues(content)[0]));
    const rest = derSequence(...parts.flatMap(({ whole }, index) => (index === at ? [] : [whole])));
    const list = AsnConvert.parse(derSequence(rest, ...signature.map(({ whole }) => whole)), CertificateList);
    return { list, entries, signed: tbs.whole };
  } catch {
    throw new Malformed('this is no certificate revocation list (RFC 5280), PEM or DER');
  }
}

function serialOf(value: DerValue | undefined): string {
  if (value?.tag !== INTEGER) throw new Malformed('an entry has no serial number');
  return value.content.toString('hex').replace(/^(00)+(?=..)/, '');
}

function numberOf(extensions: readonly Extension[]): string | undefined {
  const found = extensions.find(({ extnID }) => extnID === id_ce_cRLNumber);
  if (!found) return undefined;
  // An INTEGER of at most 20 octets (§5.2.3): its length is one octet.
  const [tag, length, ...digits] = new Uint8Array(found.extnValue.buffer);
  if (tag !== 2 || length !== digits.length || digits.length === 0) throw new Malformed('the number of the list is none');
  return BigInt(`0x${Buffer.from(digits).toString('hex')}`).toString();
}

/** Every critical extension narrows what a list tells, but for one that only says where the list is found. */
function narrows({ critical, extnID, extnValue }: Extension): boolean {
  if (!critical || extnID !== id_ce_issuingDistributionPoint) return critical;
  const of = AsnConvert.parse(extnValue.buffer, IssuingDistributionPoint);
  return (
    of.onlyContainsUserCerts ||
    of.onlyContainsCACerts ||
    of.onlyContainsAttributeCerts ||
    of.indirectCRL ||
    of.onlySomeReasons !== undefined
  );
}

function derOf(bytes: Uint8Array): Buffer {
  const pem = /-----BEGIN X509 CRL-----([^-]+)-----END X509 CRL-----/.exec(Buffer.from(bytes).toString('latin1'))?.[1];
  return pem === undefined ? Buffer.from(bytes) : Buffer.from(pem, 'base64');
}
