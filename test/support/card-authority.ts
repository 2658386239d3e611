import '#ops/directory/reflect-metadata.ts';
import { createHash, createPrivateKey, randomBytes, type KeyObject } from 'node:crypto';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import { GeneralName, OtherName, SubjectAlternativeName } from '@peculiar/asn1-x509';
import * as x509 from '@peculiar/x509';

const DAY_MS = 86_400_000;
export const SMART_CARD_LOGON = '1.3.6.1.4.1.311.20.2.2';
export const CLIENT_AUTHENTICATION = '1.3.6.1.5.5.7.3.2';
export const SERVER_AUTHENTICATION = '1.3.6.1.5.5.7.3.1';

type Algorithm = 'p256' | 'p384' | 'rsa2048' | 'rsa1024';
const KEYS = {
  p256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  p384: { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' },
  rsa2048: { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1), hash: 'SHA-256' },
  rsa1024: { name: 'RSASSA-PKCS1-v1_5', modulusLength: 1024, publicExponent: Uint8Array.of(1, 0, 1), hash: 'SHA-256' },
} as const;

/** What a test may bend about a certificate. */
export interface Wanted {
  subject?: string;
  sid?: string;
  upn?: string;
  key?: Algorithm;
  /** SubjectPublicKeyInfo (DER) of a key that lives elsewhere. */
  spki?: Uint8Array<ArrayBuffer>;
  from?: Date;
  until?: Date;
  usages?: x509.KeyUsageFlags;
  purposes?: readonly string[];
  hash?: 'SHA-1' | 'SHA-256';
  critical?: string;
}

export interface Issued {
  der: Buffer;
  pem: string;
  /** Absent for a key that lives elsewhere. */
  key?: KeyObject;
}

export interface CardAuthority {
  name: string;
  der: Buffer;
  pem: string;
  issue: (wanted?: Wanted) => Promise<Issued>;
  /** Another authority under this one. */
  authority: (name: string, pathLength?: number) => Promise<CardAuthority>;
  /** A list that is current for a day, of these serial numbers. */
  list: (
    revoked?: readonly string[],
    more?: { from?: Date; until?: Date; number?: number; extensions?: x509.Extension[] },
  ) => Promise<Buffer>;
}

const times = (from?: Date, until?: Date) => ({
  notBefore: from ?? new Date(Date.now() - DAY_MS),
  notAfter: until ?? new Date(Date.now() + DAY_MS),
});
const nameOf = (name: string) => [{ DC: ['test'] }, { DC: ['bank'] }, { CN: [name] }];
const serial = () => `01${randomBytes(15).toString('hex')}`;
const keysOf = (kind: Algorithm): Promise<CryptoKeyPair> => crypto.subtle.generateKey(KEYS[kind], true, ['sign', 'verify']);

/** A root of a test: what a bank's own authority for cards is. */
export async function rootAuthority(name: string): Promise<CardAuthority> {
  const keys = await keysOf('p256');
  const own = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: nameOf(name),
    ...times(new Date(Date.now() - 10 * DAY_MS), new Date(Date.now() + 3650 * DAY_MS)),
    keys,
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return authorityOf(own, keys);
}

function authorityOf(own: x509.X509Certificate, keys: CryptoKeyPair): CardAuthority {
  const signing = (hash: string) => ({ name: 'ECDSA', hash });
  return {
    name: own.subject,
    der: Buffer.from(own.rawData),
    pem: `${own.toString('pem')}\n`,
    async issue(wanted = {}) {
      const pair = wanted.spki ? undefined : await keysOf(wanted.key ?? 'p256');
      const publicKey = wanted.spki ? new x509.PublicKey(wanted.spki) : pair?.publicKey;
      if (!publicKey) throw new Error('there is no key');
      const certificate = await x509.X509CertificateGenerator.create({
        serialNumber: serial(),
        subject: wanted.subject ?? 'CN=Somebody',
        issuer: own.subjectName.toJSON(),
        ...times(wanted.from, wanted.until),
        publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: signing(wanted.hash ?? 'SHA-256'),
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.KeyUsagesExtension(wanted.usages ?? x509.KeyUsageFlags.digitalSignature, true),
          ...((wanted.purposes ?? [SMART_CARD_LOGON]).length > 0
            ? [new x509.ExtendedKeyUsageExtension([...(wanted.purposes ?? [SMART_CARD_LOGON])])]
            : []),
          await x509.AuthorityKeyIdentifierExtension.create(own),
          await x509.SubjectKeyIdentifierExtension.create(publicKey),
          ...(wanted.sid === undefined ? [] : [sidExtension(wanted.sid)]),
          ...(wanted.upn === undefined ? [] : [new x509.SubjectAlternativeNameExtension([{ type: 'upn', value: wanted.upn }])]),
          ...(wanted.critical === undefined ? [] : [new x509.Extension(wanted.critical, true, Uint8Array.of(5, 0))]),
        ],
      });
      const key =
        pair &&
        createPrivateKey({ key: Buffer.from(await crypto.subtle.exportKey('pkcs8', pair.privateKey)), format: 'der', type: 'pkcs8' });
      return { der: Buffer.from(certificate.rawData), pem: `${certificate.toString('pem')}\n`, ...(key ? { key } : {}) };
    },
    async authority(name, pathLength = 0) {
      const theirs = await keysOf('p256');
      const certificate = await x509.X509CertificateGenerator.create({
        serialNumber: serial(),
        subject: nameOf(name),
        issuer: own.subjectName.toJSON(),
        ...times(new Date(Date.now() - 10 * DAY_MS), new Date(Date.now() + 3000 * DAY_MS)),
        publicKey: theirs.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: signing('SHA-256'),
        extensions: [
          new x509.BasicConstraintsExtension(true, pathLength, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
          await x509.AuthorityKeyIdentifierExtension.create(own),
          await x509.SubjectKeyIdentifierExtension.create(theirs.publicKey),
        ],
      });
      return authorityOf(certificate, theirs);
    },
    async list(revoked = [], { from, until, number = 1, extensions = [] } = {}) {
      const crl = await x509.X509CrlGenerator.create({
        issuer: own.subjectName.toJSON(),
        thisUpdate: from ?? new Date(Date.now() - 3_600_000),
        nextUpdate: until ?? new Date(Date.now() + DAY_MS),
        entries: revoked.map((serialNumber) => ({ serialNumber, revocationDate: new Date(Date.now() - 3_600_000) })),
        signingAlgorithm: signing('SHA-256'),
        signingKey: keys.privateKey,
        extensions: [new x509.Extension('2.5.29.20', false, Uint8Array.of(2, 1, number)), ...extensions],
      });
      return Buffer.from(crl.rawData);
    },
  };
}

function sidExtension(sid: string): x509.Extension {
  const value = AsnConvert.serialize(new OctetString(Buffer.from(sid)));
  const name = new GeneralName({ otherName: new OtherName({ typeId: '1.3.6.1.4.1.311.25.2.1', value }) });
  return new x509.Extension('1.3.6.1.4.1.311.25.2', false, AsnConvert.serialize(new SubjectAlternativeName([name])));
}

export const sha256Of = (der: Uint8Array): string => createHash('sha256').update(der).digest('hex');

export const { keyEncipherment: KEY_ENCIPHERMENT } = x509.KeyUsageFlags;
export const criticalExtension = (oid: string, value: Uint8Array<ArrayBuffer>): x509.Extension => new x509.Extension(oid, true, value);
