import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { isoCBOR } from '@simplewebauthn/server/helpers';

/** What an authenticator of this test says about itself and its page; a scene changes what it is about. */
export interface Flags {
  userPresent: boolean;
  userVerified: boolean;
  backupEligible: boolean;
  backedUp: boolean;
}
export interface Page {
  origin: string;
  crossOrigin?: boolean;
  rpId: string;
}

/** What `navigator.credentials.get` gives, as JSON (WebAuthn Level 3 §5.1.8). */
export interface Assertion {
  id: string;
  rawId: string;
  type: 'public-key';
  clientExtensionResults: Record<string, never>;
  response: { clientDataJSON: string; authenticatorData: string; signature: string };
}
export interface Registration {
  id: string;
  rawId: string;
  type: 'public-key';
  clientExtensionResults: Record<string, never>;
  response: { clientDataJSON: string; attestationObject: string; transports: string[] };
}

/** `key`: P-256, of the first certificate. */
export type Attestation =
  | 'none'
  | 'self'
  | { format: 'packed' | 'apple' | 'android-key' | 'fido-u2f' | 'tpm'; x5c: Uint8Array[]; key: KeyObject };

export type Algorithm = -7 | -8 | -257;

export const hexSha256 = (bytes: Uint8Array): string => sha256(bytes).toString('hex');
const sha256 = (bytes: string | Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
const b64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

/** A key as it is kept between two files of tests, which share one stack. */
export interface SavedPasskey {
  id: string;
  /** PKCS#8, base64. */
  key: string;
}

/**
 * An authenticator in software: registers and signs as CTAP2 devices do, and lies about whatever a scene wants it to.
 * It counts from 0 unless `counts` is false: then it answers 0 for ever, as many do.
 */
export class SoftPasskey {
  readonly id: string;
  readonly algorithm: Algorithm;
  readonly spki: Buffer;
  flags: Flags = { userPresent: true, userVerified: true, backupEligible: false, backedUp: false };
  counter = 0;
  counts = true;
  aaguid = Buffer.alloc(16);
  readonly #key: KeyObject;
  readonly #jwk: Record<string, unknown>;

  constructor(algorithm: Algorithm = -7, saved?: SavedPasskey) {
    this.algorithm = algorithm;
    this.id = saved?.id ?? b64(randomBytes(32));
    this.#key = saved ? createPrivateKey({ key: Buffer.from(saved.key, 'base64'), format: 'der', type: 'pkcs8' }) : newKey(algorithm);
    const publicKey = createPublicKey(this.#key);
    this.spki = publicKey.export({ format: 'der', type: 'spki' });
    this.#jwk = publicKey.export({ format: 'jwk' });
  }

  /** What makes the same key again; the counter is not kept. */
  save(): SavedPasskey {
    return { id: this.id, key: this.#key.export({ format: 'der', type: 'pkcs8' }).toString('base64') };
  }

  /** Answers to a registration with attestation `none`; `self`: packed, signed by the new key itself (§8.2); or in the name of a maker. */
  register(challenge: string, page: Page, attestation: Attestation = 'none'): Registration {
    const clientDataJSON = this.#client('webauthn.create', challenge, page);
    const id = Buffer.from(this.id, 'base64url');
    const length = Buffer.alloc(2);
    length.writeUInt16BE(id.length);
    const authData = Buffer.concat([this.#fixed(page, 0x40), this.aaguid, length, id, isoCBOR.encode(this.#cose())]);
    const statement = new Map<string, unknown>();
    const signed = Buffer.concat([authData, sha256(clientDataJSON)]);
    if (attestation === 'self') statement.set('alg', this.algorithm).set('sig', new Uint8Array(this.#sign(signed)));
    else if (attestation !== 'none') {
      const sig = new Uint8Array(sign('sha256', signed, attestation.key));
      statement
        .set('alg', -7)
        .set('sig', sig)
        .set(
          'x5c',
          attestation.x5c.map((der) => new Uint8Array(der)),
        );
    }
    const fmt = attestation === 'self' ? 'packed' : attestation === 'none' ? 'none' : attestation.format;
    const object = new Map<string, unknown>([
      ['fmt', fmt],
      ['attStmt', statement],
      ['authData', new Uint8Array(authData)],
    ]);
    const attestationObject = b64(isoCBOR.encode(object as never));
    return this.#credential({ clientDataJSON: b64(clientDataJSON), attestationObject, transports: ['usb'] });
  }

  /** Signs whatever a scene gives it, as no device does. */
  signs(bytes: Uint8Array): Buffer {
    return this.#sign(bytes);
  }

  /** Signs a challenge (base64url). */
  assert(challenge: string, page: Page): Assertion {
    if (this.counts) this.counter += 1;
    const clientDataJSON = this.#client('webauthn.get', challenge, page);
    const authenticatorData = this.#fixed(page, 0);
    const signature = this.#sign(Buffer.concat([authenticatorData, sha256(clientDataJSON)]));
    return this.#credential({
      clientDataJSON: b64(clientDataJSON),
      authenticatorData: b64(authenticatorData),
      signature: b64(signature),
    });
  }

  #credential<R>(response: R) {
    return { id: this.id, rawId: this.id, type: 'public-key' as const, clientExtensionResults: {}, response };
  }

  #client(type: string, challenge: string, { origin, crossOrigin = false }: Page): Buffer {
    return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin }));
  }

  #fixed({ rpId }: Page, more: number): Buffer {
    const { userPresent, userVerified, backupEligible, backedUp } = this.flags;
    const rest = Buffer.alloc(5);
    rest[0] = more | (userPresent ? 1 : 0) | (userVerified ? 4 : 0) | (backupEligible ? 8 : 0) | (backedUp ? 16 : 0);
    rest.writeUInt32BE(this.counter, 1);
    return Buffer.concat([sha256(rpId), rest]);
  }

  #sign(bytes: Uint8Array): Buffer {
    return sign(this.algorithm === -8 ? null : 'sha256', bytes, this.#key);
  }

  /** RFC 9053 §7, RFC 8230 §4. */
  #cose(): never {
    const part = (name: string) => new Uint8Array(Buffer.from(String(this.#jwk[name]), 'base64url'));
    const entries: [number, number | Uint8Array][] =
      this.algorithm === -7
        ? [
            [1, 2],
            [3, -7],
            [-1, 1],
            [-2, part('x')],
            [-3, part('y')],
          ]
        : this.algorithm === -8
          ? [
              [1, 1],
              [3, -8],
              [-1, 6],
              [-2, part('x')],
            ]
          : [
              [1, 3],
              [3, -257],
              [-1, part('n')],
              [-2, part('e')],
            ];
    return new Map(entries) as never; // the library's type wants a CBOR value, which a map of numbers and bytes is
  }
}

function newKey(algorithm: Algorithm): KeyObject {
  if (algorithm === -7) return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  return algorithm === -8 ? generateKeyPairSync('ed25519').privateKey : generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
}
