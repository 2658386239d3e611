import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Payload } from '@temporalio/common';
import proto from '@temporalio/proto';
import { HistoryUnreadable } from './unreadable.ts';
import { bindingOf, type Owner } from './workflow-key.ts';

const { Payload: PayloadMessage } = proto.temporal.api.common.v1;

const ENCODING = 'binary/encrypted';
const CIPHER = 'AES-256-GCM';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts one payload under its workflow's key. `data` is a random IV of 96 bits, the ciphertext of the payload's
 * protobuf form and the tag (NIST SP 800-38D); the metadata name key and owner, and the tag covers both as additional data.
 */
export function encryptPayload(payload: Payload, keyId: string, key: Uint8Array, owner: Owner): Payload {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES }).setAAD(bindingOf(keyId, owner));
  const data = Buffer.concat([iv, cipher.update(PayloadMessage.encode(payload).finish()), cipher.final(), cipher.getAuthTag()]);
  return {
    metadata: {
      encoding: Buffer.from(ENCODING),
      'encryption-cipher': Buffer.from(CIPHER),
      'encryption-key-id': Buffer.from(keyId),
      'encryption-owner': Buffer.from(ownerText(owner)),
    },
    data,
  };
}

/** The id of the key that a payload was encrypted under, or undefined when it is not one of ours. */
export function keyIdOf({ metadata }: Payload): string | undefined {
  if (text(metadata?.['encoding']) !== ENCODING || text(metadata?.['encryption-cipher']) !== CIPHER) return undefined;
  return text(metadata?.['encryption-key-id']) || undefined;
}

/**
 * Decrypts one payload of `owner`. Throws HistoryUnreadable when it is not encrypted, names another owner, or was
 * changed by a single bit.
 */
export function decryptPayload(payload: Payload, key: Uint8Array, owner: Owner): Payload {
  const keyId = keyIdOf(payload);
  const data = payload.data;
  if (keyId === undefined || !data) throw new HistoryUnreadable('not-encrypted');
  // The tag would refuse it too; told apart, because a moved ciphertext is an attack and a broken one may be a fault.
  if (text(payload.metadata?.['encryption-owner']) !== ownerText(owner)) throw new HistoryUnreadable('of-another');
  if (data.length < IV_BYTES + TAG_BYTES) throw new HistoryUnreadable('broken');
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, data.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
      .setAAD(bindingOf(keyId, owner))
      .setAuthTag(data.subarray(-TAG_BYTES));
    const plain = Buffer.concat([decipher.update(data.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
    return PayloadMessage.decode(plain);
  } catch {
    throw new HistoryUnreadable('broken');
  }
}

const ownerText = ({ namespace, workflowId }: Owner): string => `${namespace}|${workflowId}`;

function text(bytes: Uint8Array | null | undefined): string {
  return bytes ? Buffer.from(bytes).toString('utf8') : '';
}
