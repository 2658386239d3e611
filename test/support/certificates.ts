import '#ops/directory/reflect-metadata.ts';
import { createPrivateKey, randomBytes, type KeyObject } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';

/** Certificate and key of one side, as files. */
export interface KeyPairFiles {
  cert: string;
  key: string;
}

/** From when until when a certificate is valid; a day before and after now unless said otherwise. */
export interface Validity {
  notBefore: Date;
  notAfter: Date;
}

/** An authority of a test, which vouches for whatever name it is asked. */
export interface Authority {
  /** Its own certificate. */
  ca: string;
  issue(name: string, validity?: Validity): Promise<KeyPairFiles>;
}

const p256 = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const signing = { name: 'ECDSA', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
const times = (): Validity => ({ notBefore: new Date(Date.now() - DAY_MS), notAfter: new Date(Date.now() + DAY_MS) });
const serial = () => `01${randomBytes(15).toString('hex')}`;

async function keyFile(path: string, key: CryptoKey): Promise<string> {
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', key));
  const pem = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({ format: 'pem', type: 'pkcs8' });
  writeFileSync(path, pem, { mode: 0o600 });
  return path;
}

function certFile(path: string, certificate: x509.X509Certificate): string {
  writeFileSync(path, `${certificate.toString('pem')}\n`);
  return path;
}

/** Makes an authority whose files lie in the folder under its name. Its certificates are for DNS names and last a day. */
export async function anAuthority(folder: string, name: string): Promise<Authority> {
  const keys = await crypto.subtle.generateKey(p256, true, ['sign', 'verify']);
  const own = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: `CN=${name}`,
    ...times(),
    keys,
    signingAlgorithm: signing,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return {
    ca: certFile(join(folder, `${name}.pem`), own),
    async issue(host, validity = times()) {
      const theirs = await crypto.subtle.generateKey(p256, true, ['sign', 'verify']);
      const certificate = await x509.X509CertificateGenerator.create({
        serialNumber: serial(),
        subject: `CN=${host}`,
        issuer: own.subject,
        ...validity,
        publicKey: theirs.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: signing,
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: host }]),
          await x509.AuthorityKeyIdentifierExtension.create(own),
        ],
      });
      const files = join(folder, `${name}-${host}`);
      return { cert: certFile(`${files}.pem`, certificate), key: await keyFile(`${files}.key`, theirs.privateKey) };
    },
  };
}

/** What an authority vouched for: its own certificate, the other one with its key, P-256. */
export interface Vouched {
  root: Buffer;
  der: Buffer;
  key: KeyObject;
}

/** id-fido-gen-ce-aaguid (WebAuthn Level 3 §8.2.2). */
const AAGUID_EXTENSION = '1.3.6.1.4.1.45724.1.1.4';

/**
 * A maker's authority, and a certificate such as it puts into authenticators (WebAuthn Level 3 §8.2.1), which names where its
 * revocations are listed; of just one model when `aaguid` says which, and expired yesterday when `expired`.
 */
export async function attestationCertificate(
  revocations: string,
  { aaguid, expired = false }: { aaguid?: string; expired?: boolean } = {},
): Promise<Vouched> {
  const maker = await crypto.subtle.generateKey(p256, true, ['sign', 'verify']);
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: 'C=CH, O=Kiesel Keys, CN=Kiesel Root',
    ...times(),
    keys: maker,
    signingAlgorithm: signing,
    extensions: [new x509.BasicConstraintsExtension(true, 0, true), await x509.SubjectKeyIdentifierExtension.create(maker.publicKey)],
  });
  const keys = await crypto.subtle.generateKey(p256, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: 'C=CH, O=Kiesel Keys, OU=Authenticator Attestation, CN=Kiesel Key 1',
    issuer: root.subject,
    ...times(),
    ...(expired ? { notAfter: new Date(Date.now() - DAY_MS / 2) } : {}),
    publicKey: keys.publicKey,
    signingKey: maker.privateKey,
    signingAlgorithm: signing,
    extensions: [
      new x509.BasicConstraintsExtension(false),
      new x509.CRLDistributionPointsExtension([revocations]),
      await x509.AuthorityKeyIdentifierExtension.create(maker.publicKey),
      ...(aaguid === undefined ? [] : [new x509.Extension(AAGUID_EXTENSION, false, octets(aaguid))]),
    ],
  });
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey));
  return {
    root: Buffer.from(root.rawData),
    der: Buffer.from(certificate.rawData),
    key: createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }),
  };
}

/** An OCTET STRING of the model's 16 bytes. */
function octets(aaguid: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array([0x04, 0x10, ...Buffer.from(aaguid.replaceAll('-', ''), 'hex')]);
}
