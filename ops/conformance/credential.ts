import '#ops/directory/reflect-metadata.ts';
import { createPrivateKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { selfSigned } from '#device-agent/self-signed.ts';
import { canonical, type Json } from '#evidence/jcs.ts';

/** A key and a certificate of it, as a client shows them. */
export interface Credential {
  key: KeyObject;
  certificatePem: string;
  keyPem: string;
}

export interface Signed {
  statement: string;
  signature: string;
}

/** A new Ed25519 key with a certificate that it gave itself. */
export function newCredential(name: string): Credential {
  const { privateKey: key } = generateKeyPairSync('ed25519');
  return { key, certificatePem: selfSigned(key, name), keyPem: key.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

/** A new key on P-256, of which the protocol knows nothing. */
export async function otherCredential(): Promise<Credential> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const made = await x509.X509CertificateGenerator.createSelfSigned({ name: 'CN=conformance', keys, signingAlgorithm: algorithm });
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey));
  const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  return { key, certificatePem: made.toString('pem'), keyPem: key.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

/** Signs a text as it is, in whatever form. */
export function signText(tag: string, statement: string, key: KeyObject): Signed {
  return { statement, signature: sign(null, Buffer.from(`${tag}\0${statement}`), key).toString('base64url') };
}

/** Signs what is said in the form of RFC 8785. */
export function signSaid(tag: string, said: Json, key: KeyObject): Signed {
  return signText(tag, canonical(said), key);
}
