import { decryptPayload, keyIdOf } from './cipher.ts';
import type { HistoryKeys } from './open-ring.ts';
import { rewritePayloads, type HistoryJson } from './payloads-in-json.ts';
import { HistoryUnreadable } from './unreadable.ts';
import { workflowKey, type Owner } from './workflow-key.ts';

/** Opens one workflow's payloads of one key id, and nothing else: what goes out with a reset's bundle. */
export interface ReleasedKey {
  keyId: string;
  namespace: string;
  workflowId: string;
  /** Base64url of the 32 bytes of `workflowKey`. */
  key: string;
}

/** The workflow's key of a key id, or undefined when it is not to be had. */
export type KeyOf = (keyId: string) => Uint8Array | undefined;

/** The keys of one workflow by a process that holds the ring. */
export function keyOfRing(keys: HistoryKeys, owner: Owner): KeyOf {
  return (keyId) => {
    const found = keys.find(keyId);
    return found && workflowKey(found.secret, keyId, owner);
  };
}

/** The keys of one workflow by what was released of it. Keys of other workflows are passed over. */
export function keyOfReleased(released: readonly ReleasedKey[], { namespace, workflowId }: Owner): KeyOf {
  return (keyId) => {
    const found = released.find((one) => one.keyId === keyId && one.namespace === namespace && one.workflowId === workflowId);
    return found && Buffer.from(found.key, 'base64url');
  };
}

/** What opens this history and no other: one key for each key id that it was written under. Throws HistoryUnreadable when the ring lacks one. */
export function releaseKeys(history: HistoryJson, owner: Owner, keys: HistoryKeys): ReleasedKey[] {
  const keyOf = keyOfRing(keys, owner);
  return keyIdsIn(history).map((keyId) => {
    const key = keyOf(keyId);
    if (!key) throw new HistoryUnreadable('no-key', `The history of ${owner.workflowId} under key ${keyId}`);
    return { keyId, ...owner, key: Buffer.from(key).toString('base64url') };
  });
}

/** The ids of all keys that a history's payloads were encrypted under, in order of first use. */
export function keyIdsIn(history: HistoryJson): string[] {
  const ids = new Set<string>();
  rewritePayloads(history, (payload) => {
    const id = keyIdOf(payload);
    if (id !== undefined) ids.add(id);
    return payload;
  });
  return [...ids];
}

/**
 * The same history in clear, without a server: payloads decrypted, failures with their words. It replays with the SDK's
 * own converter. Throws HistoryUnreadable when a payload has no key, was changed, is another workflow's, or stands in
 * clear where only ciphertext may.
 */
export function openHistory(history: HistoryJson, owner: Owner, keyOf: KeyOf): HistoryJson {
  return rewritePayloads(history, (payload) => {
    const keyId = keyIdOf(payload);
    if (keyId === undefined) throw new HistoryUnreadable('not-encrypted', `A payload of ${owner.workflowId}`);
    const key = keyOf(keyId);
    if (!key) throw new HistoryUnreadable('no-key', `A payload of ${owner.workflowId} under key ${keyId}`);
    return decryptPayload(payload, key, owner);
  });
}
