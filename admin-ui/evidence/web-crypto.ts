/**
 * What evidence/ asks of node:crypto, answered by the browser's own SubtleCrypto (W3C Web Cryptography; Ed25519 as in RFC
 * 8032). evidence/ asks at once and SubtleCrypto answers later, so an answer that is not known yet is thrown as a question;
 * `settled` has it answered and begins again. The code that judges is thereby the very code that the server and the
 * command line judge by. The build puts this module in the place of node:crypto (vite.config.ts).
 */
class Question extends Error {
  readonly answer: () => Promise<void>;
  constructor(answer: () => Promise<void>) {
    super('asked of SubtleCrypto');
    this.answer = answer;
  }
}

/** SHA-256 of nothing (FIPS 180-4), which evidence/ wants while it is loaded. */
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** By the bytes themselves, so an answer can only be that of its question. */
const digests = new Map<string, string>([['', EMPTY]]);
const verdicts = new Map<string, boolean>();

/** What `work` answers or throws, once every hash and signature that it asks for was computed. `work` must be free of effects. */
export async function settled<T>(work: () => T): Promise<T> {
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof Question)) throw error;
      await error.answer();
    }
  }
}

/** Forgets all answers, so that every verification computes its own. */
export function forget(): void {
  digests.clear();
  digests.set('', EMPTY);
  verdicts.clear();
}

export function createHash(algorithm: 'sha256') {
  if (algorithm !== 'sha256') throw new RangeError('only SHA-256 is asked for');
  let input = Buffer.alloc(0);
  const hash = {
    update(part: string | Uint8Array) {
      input = Buffer.concat([input, typeof part === 'string' ? Buffer.from(part) : part]);
      return hash;
    },
    digest() {
      const key = input.toString('hex');
      const known = digests.get(key);
      if (known !== undefined) return Buffer.from(known, 'hex');
      throw new Question(async () => {
        const digest = await crypto.subtle.digest('SHA-256', new Uint8Array(input));
        digests.set(key, Buffer.from(new Uint8Array(digest)).toString('hex'));
      });
    },
  };
  return hash;
}

type PublicKey = { jwk: { kty: string; crv: string; x: string } };

export const createPublicKey = ({ key }: { format: 'jwk'; key: PublicKey['jwk'] }): PublicKey => ({ jwk: key });

/** Whether this Ed25519 key has signed the bytes. A key that is no point of the curve has signed nothing. */
export function verify(_algorithm: null, data: Uint8Array, { jwk }: PublicKey, signature: Uint8Array): boolean {
  const key = [jwk.x, Buffer.from(data).toString('hex'), Buffer.from(signature).toString('hex')].join(' ');
  const known = verdicts.get(key);
  if (known !== undefined) return known;
  throw new Question(async () => {
    const isTrue = await crypto.subtle
      .importKey('jwk', jwk, { name: 'Ed25519' }, false, ['verify'])
      .then((imported) => crypto.subtle.verify('Ed25519', imported, new Uint8Array(signature), new Uint8Array(data)))
      .catch((error: unknown) => {
        // An old browser must not read as a forged signature.
        if (error instanceof DOMException && error.name === 'NotSupportedError') throw error;
        return false;
      });
    verdicts.set(key, isTrue);
  });
}

/** Nothing is signed in a browser. */
export function sign(): never {
  throw new Error('nothing is signed here');
}
