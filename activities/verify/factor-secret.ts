import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { VerifierKeys } from './keys.ts';

const NONCE = 12;
const TAG = 16;

/** Encrypts a factor's secret for the database: AES-256-GCM (NIST SP 800-38D) as nonce, ciphertext, tag; bound to account and factor, so that a row copied to another account does not open. */
export function encryptSecret(keys: VerifierKeys, account: string, id: string, secret: Uint8Array): Uint8Array<ArrayBuffer> {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', keys.factor, nonce).setAAD(Buffer.from(`${account}|${id}`));
  return new Uint8Array(Buffer.concat([nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()]));
}

/** The secret again, or undefined when the row was changed, moved, or belongs to another key. */
export function decryptSecret(
  keys: VerifierKeys,
  row: { accountGuid: string; id: string; keyId: string; secret: Uint8Array },
): Uint8Array | undefined {
  if (row.keyId !== keys.factorId || row.secret.length < NONCE + TAG) return undefined;
  const bytes = Buffer.from(row.secret);
  try {
    const decipher = createDecipheriv('aes-256-gcm', keys.factor, bytes.subarray(0, NONCE), { authTagLength: TAG });
    decipher.setAAD(Buffer.from(`${row.accountGuid}|${row.id}`)).setAuthTag(bytes.subarray(-TAG));
    return Buffer.concat([decipher.update(bytes.subarray(NONCE, -TAG)), decipher.final()]);
  } catch {
    return undefined;
  }
}
