import { createPublicKey } from 'node:crypto';
import { decodeCredentialPublicKey } from '@simplewebauthn/server/helpers';

/** COSE parameters of a key (RFC 9053 §7, RFC 8230 §4): what -1, -2 and -3 stand for depends on its kind. */
const ALGORITHM = 3;

/**
 * An authenticator's public key (COSE_Key, RFC 9052 §7) as SubjectPublicKeyInfo, which every other tool reads, and its COSE
 * algorithm. Undefined for any key that is not EdDSA over Ed25519, ES256 over P-256, or RS256.
 */
export function spkiOfCose(cose: Uint8Array<ArrayBuffer>): { spki: Buffer; algorithm: number } | undefined {
  const map = decodeCredentialPublicKey(cose) as unknown as Map<number, unknown>; // the library's type names each kind of key; read as the map it is
  const part = (label: number): string => {
    const value = map.get(label);
    return value instanceof Uint8Array ? Buffer.from(value).toString('base64url') : '';
  };
  const algorithm = map.get(ALGORITHM);
  const jwk =
    algorithm === -7 && map.get(-1) === 1
      ? { kty: 'EC', crv: 'P-256', x: part(-2), y: part(-3) }
      : algorithm === -8 && map.get(-1) === 6
        ? { kty: 'OKP', crv: 'Ed25519', x: part(-2) }
        : algorithm === -257
          ? { kty: 'RSA', n: part(-1), e: part(-2) }
          : undefined;
  if (!jwk || typeof algorithm !== 'number') return undefined;
  return { spki: createPublicKey({ key: jwk, format: 'jwk' }).export({ format: 'der', type: 'spki' }), algorithm };
}
