import { createHash, X509Certificate, type KeyObject } from 'node:crypto';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import {
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate as AsnCertificate,
  ExtendedKeyUsage,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_certificatePolicies,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  KeyUsage,
  KeyUsageFlags,
  SubjectAlternativeName,
  SubjectKeyIdentifier,
  type Name,
} from '@peculiar/asn1-x509';
import { Malformed } from './malformed.ts';
import { signatureHash } from './signature-hash.ts';

/** What a certificate (RFC 5280) says, as far as judging one needs it. Object identifiers are dotted text, serial numbers and key identifiers lower-case hexadecimal. */
export interface Certificate {
  readonly der: Buffer;
  /** SHA-256 of the DER, hexadecimal. */
  readonly sha256: string;
  readonly subject: string;
  readonly issuer: string;
  /** Names by their DER, hexadecimal: the same bytes, the same name. */
  readonly names: { readonly subject: string; readonly issuer: string };
  readonly serial: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly key: KeyObject;
  /** The hash under its issuer's signature; undefined for one that is not taken, such as SHA-1. */
  readonly signedWith: 'sha256' | 'sha384' | 'sha512' | undefined;
  /** basicConstraints; the path length is Infinity where none is said. */
  readonly authority: { readonly pathLength: number } | undefined;
  /** keyUsage; undefined where the certificate does not restrict it. */
  readonly usage: { readonly digitalSignature: boolean; readonly keyCertSign: boolean; readonly crlSign: boolean } | undefined;
  readonly purposes: readonly string[];
  readonly subjectKeyId: string | undefined;
  readonly authorityKeyId: string | undefined;
  /** What the extension of MS-WCCE §2.2.2.7.7.4 says: the objectSid of the account that it was issued for. */
  readonly sid: string | undefined;
  /** User principal names among the alternative names. */
  readonly upns: readonly string[];
  /** Critical extensions that are not understood here: RFC 5280 §4.2 wants the certificate refused then. */
  readonly notUnderstood: readonly string[];
  isIssuedBy(issuer: Certificate): boolean;
}

const SID_EXTENSION = '1.3.6.1.4.1.311.25.2';
const SID_NAME = '1.3.6.1.4.1.311.25.2.1';
const UPN_NAME = '1.3.6.1.4.1.311.20.2.3';
// Certificate policies ask nothing of whoever accepts them all.
const UNDERSTOOD = [
  id_ce_basicConstraints,
  id_ce_keyUsage,
  id_ce_extKeyUsage,
  id_ce_subjectAltName,
  id_ce_certificatePolicies,
  SID_EXTENSION,
];

const hex = (bytes: ArrayBuffer | Uint8Array): string => Buffer.from(bytes as Uint8Array).toString('hex');
const serialHex = (bytes: ArrayBuffer): string => hex(bytes).replace(/^(00)+(?=..)/, '');

export function nameHex(name: Name): string {
  return hex(AsnConvert.serialize(name));
}

/** Reads a certificate in DER. Throws Malformed for anything else. */
export function readCertificate(der: Uint8Array): Certificate {
  try {
    return read(Buffer.from(der));
  } catch (error) {
    throw error instanceof Malformed ? error : new Malformed('this is no X.509 certificate');
  }
}

/** The certificates in a PEM text, in its order. Throws Malformed when there is none, or one cannot be read. */
export function readCertificates(pem: string): Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw new Malformed('there is no certificate in PEM form');
  return blocks.map((block) => readCertificate(Buffer.from(block.replace(/-----[^-]+-----/g, ''), 'base64')));
}

function read(der: Buffer): Certificate {
  const x509 = new X509Certificate(der);
  const { tbsCertificate: tbs, signatureAlgorithm } = AsnConvert.parse(der, AsnCertificate);
  if (!x509.raw.equals(der)) throw new Malformed('something stands behind the certificate');
  const extensions = tbs.extensions ?? [];
  if (new Set(extensions.map(({ extnID }) => extnID)).size < extensions.length) throw new Malformed('an extension stands there twice');
  const value = (oid: string): Uint8Array | undefined => {
    const found = extensions.find(({ extnID }) => extnID === oid);
    return found && new Uint8Array(found.extnValue.buffer);
  };
  const [constraints, usage, purposes] = [value(id_ce_basicConstraints), value(id_ce_keyUsage), value(id_ce_extKeyUsage)];
  const [ownId, issuersId] = [value(id_ce_subjectKeyIdentifier), value(id_ce_authorityKeyIdentifier)];
  const basic = constraints && AsnConvert.parse(constraints, BasicConstraints);
  const bits = usage && AsnConvert.parse(usage, KeyUsage).toNumber();
  const keyId = issuersId && AsnConvert.parse(issuersId, AuthorityKeyIdentifier).keyIdentifier;
  return {
    der,
    sha256: createHash('sha256').update(der).digest('hex'),
    subject: x509.subject.split('\n').join(', '),
    issuer: x509.issuer.split('\n').join(', '),
    names: { subject: nameHex(tbs.subject), issuer: nameHex(tbs.issuer) },
    serial: serialHex(tbs.serialNumber),
    notBefore: tbs.validity.notBefore.getTime(),
    notAfter: tbs.validity.notAfter.getTime(),
    key: x509.publicKey,
    signedWith: tbs.signature.algorithm === signatureAlgorithm.algorithm ? signatureHash(signatureAlgorithm.algorithm) : undefined,
    authority: basic?.cA ? { pathLength: basic.pathLenConstraint ?? Infinity } : undefined,
    usage:
      bits === undefined
        ? undefined
        : {
            digitalSignature: (bits & KeyUsageFlags.digitalSignature) !== 0,
            keyCertSign: (bits & KeyUsageFlags.keyCertSign) !== 0,
            crlSign: (bits & KeyUsageFlags.cRLSign) !== 0,
          },
    purposes: purposes ? [...AsnConvert.parse(purposes, ExtendedKeyUsage)] : [],
    subjectKeyId: ownId && hex(AsnConvert.parse(ownId, SubjectKeyIdentifier).buffer),
    authorityKeyId: keyId && hex(keyId.buffer),
    sid: sidOf(value(SID_EXTENSION)),
    upns: otherNames(value(id_ce_subjectAltName), UPN_NAME).map((name) => utf8Name(name)),
    notUnderstood: extensions.flatMap(({ extnID, critical }) => (critical && !UNDERSTOOD.includes(extnID) ? [extnID] : [])),
    isIssuedBy: (issuer) => {
      const parent = new X509Certificate(issuer.der);
      return x509.checkIssued(parent) && x509.verify(parent.publicKey);
    },
  };
}

function otherNames(names: Uint8Array | undefined, type: string): ArrayBuffer[] {
  const all = names ? [...AsnConvert.parse(names, SubjectAlternativeName)] : [];
  return all.flatMap(({ otherName }) => (otherName?.typeId === type ? [otherName.value] : []));
}

function utf8Name(value: ArrayBuffer): string {
  const bytes = Buffer.from(value);
  // UTF8String with a length of one octet, which is every name that a directory takes.
  if (bytes[0] !== 0x0c || bytes[1] !== bytes.length - 2) throw new Malformed('a user principal name has another form');
  return bytes.subarray(2).toString('utf8');
}

/** The extension is a GeneralNames of one otherName, whose value is the SID's text as an OCTET STRING. */
function sidOf(extension: Uint8Array | undefined): string | undefined {
  if (!extension) return undefined;
  const [value, ...more] = otherNames(extension, SID_NAME);
  const sid = value && Buffer.from(AsnConvert.parse(value, OctetString).buffer).toString('latin1');
  if (more.length > 0 || !sid || !/^S-1-\d+(-\d{1,10}){1,15}$/.test(sid)) throw new Malformed('its SID extension has another form');
  return sid;
}
