import './reflect-metadata.ts';
import { createPrivateKey, X509Certificate as NodeCertificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';

export type CertificateAuthority = { certPem: string; keyPem: string };
export type IssuedCertificate = { certPem: string; keyPem: string };

const p256 = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const signing = { name: 'ECDSA', hash: 'SHA-256' } as const;
const day = 86_400_000;

/**
 * Issues the domain controller's TLS certificate (ECDSA P-256, 397 days, RFC 5280): the host, the domain and the
 * address as subject alternative names, since Node checks nothing else when a SAN is present. Throws when the CA key is not P-256.
 */
export async function issueDirectoryCertificate(
  ca: CertificateAuthority,
  names: { dns: string[]; ip: string },
): Promise<IssuedCertificate> {
  const issuer = new x509.X509Certificate(ca.certPem);
  const keys = await crypto.subtle.generateKey(p256, true, ['sign', 'verify']);
  const now = Date.now();
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: positiveSerial(),
    subject: `CN=${names.dns[0]}`,
    issuer: issuer.subject,
    notBefore: new Date(now - 3_600_000),
    notAfter: new Date(Math.min(now + 397 * day, issuer.notAfter.getTime())),
    publicKey: keys.publicKey,
    signingKey: await signingKey(ca.keyPem),
    signingAlgorithm: signing,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        ...names.dns.map((value) => ({ type: 'dns' as const, value })),
        { type: 'ip' as const, value: names.ip },
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey));
  const keyPem = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }).export({ format: 'pem', type: 'pkcs8' });
  return { certPem: `${certificate.toString('pem')}\n`, keyPem: keyPem.toString() };
}

/** Whether a certificate still serves: issued by this CA, for this address, with 30 days left. */
export function certificateServes(certPem: string, ca: CertificateAuthority, address: string, at = new Date()): boolean {
  const certificate = new NodeCertificate(certPem);
  if (!certificate.verify(new NodeCertificate(ca.certPem).publicKey)) return false;
  if (certificate.checkIP(address) === undefined) return false;
  return certificate.validToDate.getTime() - at.getTime() > 30 * day;
}

async function signingKey(keyPem: string): Promise<CryptoKey> {
  const der = createPrivateKey(keyPem).export({ format: 'der', type: 'pkcs8' });
  return crypto.subtle.importKey('pkcs8', new Uint8Array(der), p256, false, ['sign']);
}

function positiveSerial(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  // RFC 5280 4.1.2.2: positive. 0x40 keeps the first octet non-zero and its sign bit clear.
  bytes[0] = (bytes[0]! & 0x3f) | 0x40;
  return Buffer.from(bytes).toString('hex');
}
