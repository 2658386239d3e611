import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';
import { readAuthenticatorData } from './authenticator-data.ts';
import { canonicalOrNothing } from './jcs.ts';
import { utf8Text } from './wire-text.ts';

/**
 * A statement that a person signed with a passkey or security key, to be checked by anybody, at any time, without a server:
 * W3C Web Authentication Level 3 §7.2, where the challenge is SHA-256(tag || RFC 8785 text). The tag, which ends in a NUL,
 * keeps what was signed for one purpose from being taken for another.
 *
 * An ECDSA signature has a twin, (r, n - s), which anybody can make from it and which verifies as well: a signature is no
 * id. What must happen once hangs on the nonce in the statement, never on the bytes of a signature.
 */
export interface SignedStatement {
  /** The statement's RFC 8785 text. */
  readonly text: string;
  /** The bytes as the browser and the authenticator gave them, never written again from what was read in them. */
  readonly clientDataJSON: Uint8Array;
  readonly authenticatorData: Uint8Array;
  readonly signature: Uint8Array;
}

/** The COSE algorithms (RFC 9053, RFC 8812) that are taken: EdDSA over Ed25519, ES256 over P-256, RS256. */
export const ALGORITHMS = [-8, -7, -257] as const;

export interface SigningKey {
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Uint8Array;
  /** One of ALGORITHMS; any other number verifies nothing. */
  readonly algorithm: number;
}

/** Whose signatures count: made for this relying party id, on a page of one of these origins. */
export interface RelyingParty {
  readonly id: string;
  readonly origins: readonly string[];
}

export type StatementFault =
  | 'malformed'
  | 'type'
  | 'challenge'
  | 'origin'
  | 'cross-origin'
  | 'rp-id'
  | 'user-presence'
  | 'user-verification'
  | 'backup-eligible'
  | 'key'
  | 'signature';

/** SHA-256(tag || text), the 32 bytes that an authenticator is given to sign. */
export function challengeOf(tag: string, text: string): Buffer {
  return createHash('sha256').update(tag).update(text).digest();
}

/**
 * Why the statement was not signed by this key, or undefined when it was. The first reason in the order of the type above;
 * never throws. `synced: 'refused'` also refuses keys that may be copied to other devices. The counter is the caller's.
 */
export function whyNotSigned(
  tag: string,
  { text, clientDataJSON, authenticatorData, signature }: SignedStatement,
  key: SigningKey,
  party: RelyingParty,
  { synced }: { synced: 'refused' | 'accepted' },
): StatementFault | undefined {
  const client = clientData(clientDataJSON);
  const authenticator = readAuthenticatorData(authenticatorData);
  if (!client || !authenticator || canonicalOrNothing(text) === undefined) return 'malformed';
  if (client['type'] !== 'webauthn.get') return 'type';
  if (client['challenge'] !== challengeOf(tag, text).toString('base64url')) return 'challenge';
  if (!party.origins.some((origin) => origin === client['origin'])) return 'origin';
  // Level 3 §5.8.1: a page in a frame of another one has crossOrigin true, and then names that one as topOrigin.
  if ((client['crossOrigin'] ?? false) !== false || client['topOrigin'] !== undefined) return 'cross-origin';
  if (!createHash('sha256').update(party.id).digest().equals(authenticator.rpIdHash)) return 'rp-id';
  if (!authenticator.userPresent) return 'user-presence';
  if (!authenticator.userVerified) return 'user-verification';
  if (synced === 'refused' && authenticator.backupEligible) return 'backup-eligible';
  const publicKey = keyOf(key);
  if (!publicKey) return 'key';
  const signed = Buffer.concat([authenticatorData, createHash('sha256').update(clientDataJSON).digest()]);
  return isSignature(key.algorithm, publicKey, signed, signature) ? undefined : 'signature';
}

function clientData(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(utf8Text(bytes));
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? { ...parsed } : undefined;
  } catch {
    return undefined;
  }
}

/** The key when its kind is that of its algorithm: an algorithm that fits another kind of key is a trick, not a key. */
function keyOf({ spki, algorithm }: SigningKey): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
    const details = key.asymmetricKeyDetails;
    const fits =
      algorithm === -8
        ? key.asymmetricKeyType === 'ed25519'
        : algorithm === -7
          ? key.asymmetricKeyType === 'ec' && details?.namedCurve === 'prime256v1'
          : algorithm === -257 && key.asymmetricKeyType === 'rsa' && (details?.modulusLength ?? 0) >= 2048;
    return fits ? key : undefined;
  } catch {
    return undefined;
  }
}

function isSignature(algorithm: number, key: KeyObject, signed: Uint8Array, signature: Uint8Array): boolean {
  try {
    // ES256 signatures are DER in WebAuthn (§6.5.5); OpenSSL takes the one DER form of a pair and no other BER.
    if (algorithm === -7) return verify('sha256', signed, { key, dsaEncoding: 'der' }, signature);
    return verify(algorithm === -8 ? null : 'sha256', signed, key, signature);
  } catch {
    return false;
  }
}
