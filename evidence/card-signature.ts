import { constants, createHash, verify, type KeyObject, type SigningOptions } from 'node:crypto';

/**
 * How the key of a smart card signs a statement: over the UTF-8 bytes of tag || RFC 8785 text, and nothing of ours around the signature, so that
 * `crypto.verify` or `openssl dgst -verify` with the certificate's key is the whole check. ECDSA signatures are DER (RFC 3279 §2.2.3); P-256 goes with SHA-256 and
 * P-384 with SHA-384. RSA is RSASSA-PKCS1-v1_5 or RSASSA-PSS (RFC 8017), PSS with MGF1 of the same hash and a salt as long as the hash.
 */
export const CARD_ALGORITHMS = ['ecdsa-p256-sha256', 'ecdsa-p384-sha384', 'rsa-pkcs1-sha256', 'rsa-pss-sha256'] as const;
export type CardAlgorithm = (typeof CARD_ALGORITHMS)[number];

export function signedBytes(tag: string, text: string): Buffer {
  return Buffer.from(`${tag}${text}`, 'utf8');
}

/** Sixteen hexadecimal digits of the SHA-256 of what is signed, in groups of four, for two people or two screens to compare. */
export function shortDigest(tag: string, text: string): string {
  const digest = createHash('sha256').update(signedBytes(tag, text)).digest('hex').slice(0, 16);
  return digest.replace(/(....)(?=.)/g, '$1 ');
}

/** Whether this key signed the statement in just this way. A key of another kind than the algorithm's verifies nothing. Never throws. */
export function isCardSignature(
  key: KeyObject,
  { algorithm, tag, text, signature }: { algorithm: CardAlgorithm; tag: string; text: string; signature: Uint8Array },
): boolean {
  const { hash, fits, options } = WAYS[algorithm];
  try {
    return fits(key) && verify(hash, signedBytes(tag, text), { key, ...options }, signature);
  } catch {
    return false;
  }
}

interface Way {
  hash: 'sha256' | 'sha384';
  fits: (key: KeyObject) => boolean;
  options: SigningOptions;
}

const isCurve =
  (name: string) =>
  ({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean =>
    asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === name;
const isRsa = ({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean =>
  asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= 2048;

const WAYS: Readonly<Record<CardAlgorithm, Way>> = {
  'ecdsa-p256-sha256': { hash: 'sha256', fits: isCurve('prime256v1'), options: { dsaEncoding: 'der' } },
  'ecdsa-p384-sha384': { hash: 'sha384', fits: isCurve('secp384r1'), options: { dsaEncoding: 'der' } },
  'rsa-pkcs1-sha256': { hash: 'sha256', fits: isRsa, options: { padding: constants.RSA_PKCS1_PADDING } },
  'rsa-pss-sha256': { hash: 'sha256', fits: isRsa, options: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } },
};
