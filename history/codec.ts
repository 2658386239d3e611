import type { Payload, PayloadCodec, SerializationContext } from '@temporalio/common';
import { decryptPayload, encryptPayload, keyIdOf } from './cipher.ts';
import type { HistoryKeys } from './open-ring.ts';
import { HistoryUnreadable } from './unreadable.ts';
import { workflowKey, type Owner } from './workflow-key.ts';

/** Derived keys that are kept; one costs a few microseconds, so the oldest may go. */
const MOST_KEPT = 1000;

/**
 * Between this process and Temporal: every payload is encrypted for the workflow that it belongs to, and nothing else is
 * taken. A payload in clear, of another workflow or namespace, or changed by a bit throws HistoryUnreadable, so whoever
 * reaches Temporal without a key can neither read what it keeps nor put words into a workflow. An activity's payloads
 * are its workflow's: its own id counts nothing, because a retry and a replay may see another.
 */
export function historyCodec(keys: HistoryKeys): PayloadCodec {
  const derived = new Map<string, Buffer>();
  const keyOf = (id: string, secret: Uint8Array, owner: Owner): Buffer => {
    const name = [id, owner.namespace, owner.workflowId].join('\0');
    const kept = derived.get(name);
    if (kept) return kept;
    const key = workflowKey(secret, id, owner);
    const [oldest] = derived.keys();
    if (derived.size >= MOST_KEPT && oldest !== undefined) derived.delete(oldest);
    derived.set(name, key);
    return key;
  };
  const decrypt = (payload: Payload, owner: Owner): Payload => {
    const id = keyIdOf(payload);
    if (id === undefined) throw new HistoryUnreadable('not-encrypted', `A payload of ${owner.workflowId}`);
    const found = keys.find(id);
    if (!found) throw new HistoryUnreadable('no-key', `A payload of ${owner.workflowId} under key ${id}`);
    return decryptPayload(payload, keyOf(id, found.secret, owner), owner);
  };
  return {
    async encode(payloads, context) {
      const owner = ownerOf(context);
      const { id, secret } = keys.newest();
      return payloads.map((payload) => encryptPayload(payload, id, keyOf(id, secret, owner), owner));
    },
    async decode(payloads, context) {
      const owner = ownerOf(context);
      return payloads.map((payload) => decrypt(payload, owner));
    },
  };
}

function ownerOf(context: SerializationContext | undefined): Owner {
  const { namespace, workflowId } = context ?? {};
  if (!namespace || !workflowId) throw new HistoryUnreadable('no-owner');
  return { namespace, workflowId };
}
