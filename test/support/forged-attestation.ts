import '#ops/directory/reflect-metadata.ts';
import { createHash, createPrivateKey, createPublicKey, randomBytes, sign, type KeyObject } from 'node:crypto';
import { decodeAttestationObject, isoCBOR } from '@simplewebauthn/server/helpers';
import * as x509 from '@peculiar/x509';
import type { Registration, SoftPasskey } from './soft-passkey.ts';

/** The formats of WebAuthn Level 3 §8 that bring a certificate of some maker, besides `packed`. */
export const FORGED_FORMATS = ['tpm', 'apple', 'android-key', 'fido-u2f'] as const;
export type ForgedFormat = (typeof FORGED_FORMATS)[number];

/** Whoever makes up attestations: a root that nobody knows, under which everything else is in order. */
export interface Forger {
  root: Buffer;
  /** The same registration with an attestation of this format, made as the standard asks, so that a library which knows this root takes it. */
  forge: (registration: Registration, key: SoftPasskey, format: ForgedFormat) => Promise<Registration>;
}

const p256 = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const signing = { name: 'ECDSA', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
const times = () => ({ notBefore: new Date(Date.now() - DAY_MS), notAfter: new Date(Date.now() + DAY_MS) });
const sha256 = (...parts: Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
/** TPM2B: the length in two bytes, then the bytes. */
const sized = (bytes: Uint8Array): Buffer => Buffer.concat([hex(bytes.length.toString(16).padStart(4, '0')), bytes]);

/** §8.3.1: what an AIK certificate says of the TPM that it is of. */
const AIK = [
  new x509.BasicConstraintsExtension(false),
  new x509.ExtendedKeyUsageExtension(['2.23.133.8.3']),
  new x509.SubjectAlternativeNameExtension(
    [{ type: 'dn', value: '2.23.133.2.1=id:494E5443+2.23.133.2.2=Kiesel+2.23.133.2.3=id:0001' }],
    true,
  ),
];

export async function aForger(): Promise<Forger> {
  const maker = await crypto.subtle.generateKey(p256, true, ['sign', 'verify']);
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: 'C=CH, O=Kiesel Keys, CN=Made up Root',
    ...times(),
    keys: maker,
    signingAlgorithm: signing,
    extensions: [new x509.BasicConstraintsExtension(true, 1, true), await x509.SubjectKeyIdentifierExtension.create(maker.publicKey)],
  });
  const certified = async (publicKey: CryptoKey, subject: string, extensions: x509.Extension[]): Promise<Uint8Array> => {
    const { rawData } = await x509.X509CertificateGenerator.create({
      serialNumber: serial(),
      subject,
      issuer: root.subject,
      ...times(),
      publicKey,
      signingKey: maker.privateKey,
      signingAlgorithm: signing,
      extensions,
    });
    return new Uint8Array(rawData);
  };
  const ofMaker = async (subject: string, extensions: x509.Extension[]) => {
    const keys = await crypto.subtle.generateKey(p256, true, ['sign', 'verify']);
    const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey));
    const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    return { key, der: await certified(keys.publicKey, subject, extensions) };
  };

  return {
    root: Buffer.from(root.rawData),
    async forge(registration, passkey, format) {
      const authData = attestedIn(registration);
      const hash = sha256(Buffer.from(registration.response.clientDataJSON, 'base64url'));
      const own = await crypto.subtle.importKey('spki', new Uint8Array(passkey.spki), p256, true, ['verify']);
      const { x, y } = pointOf(passkey.spki);
      const toBeSigned = sha256(authData, hash);
      const statement = new Map<string, unknown>();

      if (format === 'fido-u2f') {
        // §8.6: no model is named, and one certificate is all there is.
        authData.fill(0, 37, 53);
        const { key, der } = await ofMaker('CN=Kiesel U2F', []);
        const said = [Buffer.from([0]), authData.subarray(0, 32), hash, Buffer.from(passkey.id, 'base64url'), Buffer.from([4]), x, y];
        statement.set('sig', signed(key, ...said)).set('x5c', [der]);
      } else if (format === 'apple') {
        const nonce = new x509.Extension('1.2.840.113635.100.8.2', false, bytes(hex('3024a1220420'), toBeSigned));
        statement.set('x5c', [await certified(own, 'CN=Kiesel Apple', [nonce])]);
      } else if (format === 'android-key') {
        // §8.4.1, KeyDescription: versions and security levels, the challenge, and two empty lists of what is authorised.
        const described = bytes(hex('3034 020103 0a0101 020104 0a0101 0420'), hash, hex('0400 3000 3000'));
        const der = await certified(own, 'CN=Android Keystore Key', [new x509.Extension('1.3.6.1.4.1.11129.2.1.17', false, described)]);
        statement
          .set('alg', -7)
          .set('sig', new Uint8Array(passkey.signs(Buffer.concat([authData, hash]))))
          .set('x5c', [der, new Uint8Array(root.rawData)]);
      } else {
        // TPM 2.0 Library part 2, TPMT_PUBLIC of the key (P-256), and TPMS_ATTEST that certifies its name.
        const pubArea = Buffer.concat([hex('0023 000b 00060472 0000 0010 0010 0003 0010'), sized(x), sized(y)]);
        const name = Buffer.concat([hex('000b'), sha256(pubArea)]);
        const clockAndFirmware = Buffer.alloc(25, 1);
        const certInfo = Buffer.concat([hex('ff544347 8017 0000'), sized(toBeSigned), clockAndFirmware, sized(name), sized(name)]);
        const { key, der } = await ofMaker('', AIK);
        statement.set('ver', '2.0').set('alg', -7).set('sig', signed(key, certInfo)).set('x5c', [der]);
        statement.set('certInfo', new Uint8Array(certInfo)).set('pubArea', new Uint8Array(pubArea));
      }
      const object = new Map<string, unknown>([
        ['fmt', format],
        ['attStmt', statement],
        ['authData', new Uint8Array(authData)],
      ]);
      const attestationObject = Buffer.from(isoCBOR.encode(object as never)).toString('base64url');
      return { ...registration, response: { ...registration.response, attestationObject } };
    },
  };
}

const serial = (): string => `01${randomBytes(15).toString('hex')}`;
const bytes = (...parts: Uint8Array[]): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.concat(parts));
const signed = (key: KeyObject, ...parts: Uint8Array[]): Uint8Array => new Uint8Array(sign('sha256', Buffer.concat(parts), key));

function attestedIn({ response }: Registration): Buffer {
  return Buffer.from(decodeAttestationObject(new Uint8Array(Buffer.from(response.attestationObject, 'base64url'))).get('authData'));
}

function pointOf(spki: Buffer): { x: Buffer; y: Buffer } {
  const { x = '', y = '' } = createPublicKey({ key: spki, format: 'der', type: 'spki' }).export({ format: 'jwk' });
  return { x: Buffer.from(x, 'base64url'), y: Buffer.from(y, 'base64url') };
}
