import { hkdfSync } from 'node:crypto';

/** The workflow that a payload belongs to. Its key opens its own payloads and nobody else's. */
export interface Owner {
  namespace: string;
  workflowId: string;
}

/** The context of every key and every ciphertext of this format. */
export const FORMAT = 'countersign/history/v1';
export const KEY_BYTES = 32;

/**
 * What a key and a ciphertext are bound to: format, key id, namespace and workflow id, parted by NUL, which none of the
 * first three holds, so that no two bindings have the same bytes. The run is left out: a restarted client knows only the id.
 */
export function bindingOf(keyId: string, { namespace, workflowId }: Owner): Buffer {
  const parts = [FORMAT, keyId, namespace, workflowId];
  if (parts.some((part) => part === '' || part.includes('\0')))
    throw new Error('key id, namespace and workflow id are texts without NUL, none of them empty');
  return Buffer.from(parts.join('\0'), 'utf8');
}

/**
 * The 32-byte AES key of one workflow, derived from the master key of that key id: HKDF-SHA256 (RFC 5869) with the
 * binding as info and no salt, the master being uniformly random. It can be given to an auditor: neither the master key
 * nor another workflow's key follows from it.
 */
export function workflowKey(master: Uint8Array, keyId: string, owner: Owner): Buffer {
  if (master.length !== KEY_BYTES) throw new Error(`a history key has ${KEY_BYTES} bytes`);
  return Buffer.from(hkdfSync('sha256', master, Buffer.alloc(0), bindingOf(keyId, owner), KEY_BYTES));
}
