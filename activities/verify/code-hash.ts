import { argon2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import type { Transaction } from '#db';
import type { VerifierKeys } from './keys.ts';

const derive = promisify(argon2);
/** OWASP's and RFC 9106 §4's lower setting: 19 MiB, two passes, one lane; 40 ms here. What is secret of a code has 60 to 80 random bits, so this is a second wall. */
const COST = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 };

/** Argon2id (RFC 9106) of a normalised code, with the pepper as its secret value K. */
export async function hashCode(keys: Pick<VerifierKeys, 'pepper'>, code: string, salt: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await derive('argon2id', { message: Buffer.from(code), nonce: salt, secret: keys.pepper, ...COST }));
}

export function newSalt(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(randomBytes(16));
}

/** Ends every unused code of an account and kind: a new one takes their place. The rows stay, and count for nothing. */
export async function retireCodes(tx: Pick<Transaction, '$executeRaw'>, account: string, kind: string): Promise<void> {
  await tx.$executeRaw`
    UPDATE code SET expires_at = clock_timestamp()
    WHERE account_guid = ${account}::uuid AND kind = ${kind} AND used_at IS NULL AND (expires_at IS NULL OR expires_at > clock_timestamp())`;
}
