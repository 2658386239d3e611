import '../directory/reflect-metadata.ts';
import { createPrivateKey, X509Certificate as NodeCertificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { cardListener, layout } from '../paths.ts';
import { already } from '../progress.ts';
import type { Progress } from '../progress.ts';
import { Sentence } from '../sentence.ts';
import type { Identity } from './identities.ts';
import { ownedFile, ownedFolder } from './owned-files.ts';

const p256 = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const signing = { name: 'ECDSA', hash: 'SHA-256' } as const;
const day = 86_400_000;
const renewBefore = 30 * day;
const ownNames: x509.JsonGeneralNames = [
  { type: 'dns', value: 'localhost' },
  { type: 'ip', value: '127.0.0.1' },
  { type: 'ip', value: '::1' },
];

/** Who serves browsers over TLS. */
export type Server = 'api' | typeof cardListener;
export const certificateFile = (state: string, server: Server): string => join(state, server, 'tls.pem');
export const certificateKeyFile = (state: string, server: Server): string => join(state, server, 'tls.key');

async function pemOf(key: CryptoKey): Promise<string> {
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', key));
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({ format: 'pem', type: 'pkcs8' }).toString();
}

/** RFC 5280 4.1.2.2: positive and at most 20 octets. */
function serial(): string {
  const bytes = Buffer.from(crypto.getRandomValues(new Uint8Array(16)));
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}

/** Makes the demo CA once (P-256, ten years, may sign leaf certificates only). Its key stays with root. */
export function makeCertificateAuthority(state: string, progress: Progress): Promise<unknown> {
  return progress.step('demo certificate authority', async () => {
    const { caFile, caKeyFile } = layout(state);
    if (existsSync(caFile) && existsSync(caKeyFile)) return already;
    if (existsSync(caFile)) throw new Sentence(`${caKeyFile} is gone. Put it back, or begin again with npm start -- --fresh.`);
    ownedFolder(join(caFile, '..'), undefined, 0o755);
    const keys = await crypto.subtle.generateKey(p256, true, ['sign', 'verify']);
    const now = Date.now();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      serialNumber: serial(),
      name: 'CN=Countersign demo CA',
      notBefore: new Date(now - 3_600_000),
      notAfter: new Date(now + 3650 * day),
      keys,
      signingAlgorithm: signing,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    ownedFile(caKeyFile, await pemOf(keys.privateKey));
    ownedFile(caFile, `${certificate.toString('pem')}\n`, undefined, 0o644);
    return undefined;
  });
}

/** When the certificate of a server ends, or undefined when there is none of this CA. */
export function certificateEnds(state: string, server: Server): Date | undefined {
  const file = certificateFile(state, server);
  if (!existsSync(file) || !existsSync(certificateKeyFile(state, server))) return undefined;
  const certificate = new NodeCertificate(readFileSync(file));
  const ours = certificate.verify(new NodeCertificate(readFileSync(layout(state).caFile)).publicKey);
  return ours ? certificate.validToDate : undefined;
}

const whose: Record<Server, string> = { api: 'portal', [cardListener]: 'card listener' };

/** Issues the certificate of a server for 90 days, and again when fewer than 30 are left. */
export function makeCertificate(state: string, server: Server, owner: Identity, progress: Progress): Promise<unknown> {
  return progress.step(`certificate of the ${whose[server]}`, async () => {
    const ends = certificateEnds(state, server);
    if (ends && ends.getTime() - Date.now() > renewBefore) return already;
    const { caFile, caKeyFile } = layout(state);
    const issuer = new x509.X509Certificate(readFileSync(caFile, 'utf8'));
    const caKey = createPrivateKey(readFileSync(caKeyFile)).export({ format: 'der', type: 'pkcs8' });
    const keys = await crypto.subtle.generateKey(p256, true, ['sign', 'verify']);
    const now = Date.now();
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: serial(),
      subject: 'CN=localhost',
      issuer: issuer.subject,
      notBefore: new Date(now - 3_600_000),
      notAfter: new Date(now + 90 * day),
      publicKey: keys.publicKey,
      signingKey: await crypto.subtle.importKey('pkcs8', new Uint8Array(caKey), p256, false, ['sign']),
      signingAlgorithm: signing,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension(ownNames),
        await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    ownedFolder(join(state, server), owner);
    ownedFile(certificateKeyFile(state, server), await pemOf(keys.privateKey), owner);
    ownedFile(certificateFile(state, server), `${certificate.toString('pem')}\n`, owner);
    return undefined;
  });
}
