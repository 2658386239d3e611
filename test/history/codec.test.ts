import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Payload, SerializationContext } from '@temporalio/common';
import * as fc from 'fast-check';
import { historyCodec } from '#history/codec.ts';
import { newHistoryKey } from '#history/key-ring.ts';
import { openRing } from '#history/open-ring.ts';
import { HistoryUnreadable, type WhyUnreadable } from '#history/unreadable.ts';
import { workflowKey } from '#history/workflow-key.ts';
import { newRing, ringInHand } from '#test/support/history-keys.ts';

const reset: SerializationContext = { type: 'workflow', namespace: 'countersign', workflowId: 'reset/1' };
const payloads = fc.array(
  fc.record({
    metadata: fc.dictionary(
      fc.string().filter((name) => name !== '__proto__' && name.isWellFormed()),
      fc.uint8Array({ maxLength: 20 }),
    ),
    data: fc.uint8Array({ maxLength: 200 }),
  }),
  { maxLength: 3 },
);
const json = (value: unknown): Payload => ({
  metadata: { encoding: Buffer.from('json/plain') },
  data: Buffer.from(JSON.stringify(value)),
});

/** In one form whatever kind of byte array it is. */
const bytes = (all: readonly Payload[]) =>
  all.map(({ metadata, data }) => [
    Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString('hex')]),
    Buffer.from(data ?? []).toString('hex'),
  ]);
const text = (payload: Payload | undefined, name: string): string => Buffer.from(payload?.metadata?.[name] ?? []).toString();
const because = (why: WhyUnreadable) => (error: unknown) => error instanceof HistoryUnreadable && error.why === why;

test('whatever goes in comes out again, and two encryptions of the same are never alike', async () => {
  const codec = historyCodec(openRing(newRing()));
  await fc.assert(
    fc.asyncProperty(
      payloads,
      fc.string({ minLength: 1 }).filter((id) => !id.includes('\0')),
      async (plain, workflowId) => {
        const context = { ...reset, workflowId };
        const encrypted = await codec.encode(plain, context);
        assert.equal(encrypted.length, plain.length);
        assert.deepEqual(bytes(await codec.decode(encrypted, context)), bytes(plain));
        const [first] = encrypted;
        const [second] = await codec.encode(plain, context);
        if (first) assert.notDeepEqual(first.data, second?.data);
      },
    ),
  );
});

test('nothing of a payload is left readable: neither its data nor its encoding', async () => {
  const [encrypted] = await historyCodec(openRing(newRing())).encode([json({ state: 'choosing-password' })], reset);
  const all = Buffer.concat([...Object.values(encrypted?.metadata ?? {}), encrypted?.data ?? Buffer.alloc(0)]).toString('latin1');
  assert.doesNotMatch(all, /choosing-password|json\/plain|state/);
  assert.deepEqual(
    ['encoding', 'encryption-cipher', 'encryption-owner'].map((name) => text(encrypted, name)),
    ['binary/encrypted', 'AES-256-GCM', 'countersign|reset/1'],
  );
});

test('every single bit that is changed, in data or metadata, is refused', async () => {
  const codec = historyCodec(openRing(newRing()));
  const [encrypted] = await codec.encode([json({ account: '7b0c8a1e-0000-4000-8000-000000000001' })], reset);
  assert.ok(encrypted?.data && encrypted.metadata);
  await codec.decode([encrypted], reset);
  const places: [string, Uint8Array][] = [['data', encrypted.data], ...Object.entries(encrypted.metadata)];
  let tried = 0;
  for (const [place, original] of places) {
    for (let bit = 0; bit < original.length * 8; bit++) {
      const changed = Buffer.from(original);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const bent =
        place === 'data' ? { ...encrypted, data: changed } : { ...encrypted, metadata: { ...encrypted.metadata, [place]: changed } };
      await assert.rejects(codec.decode([bent], reset), HistoryUnreadable, `${place}, bit ${bit}`);
      tried += 1;
    }
  }
  assert.ok(tried > 800);
  for (const length of [0, 1, 11, 27, encrypted.data.length - 1])
    await assert.rejects(codec.decode([{ ...encrypted, data: encrypted.data.subarray(0, length) }], reset), HistoryUnreadable);
});

test('a ciphertext moved to another workflow or namespace is refused, also when its label is moved along', async () => {
  const codec = historyCodec(openRing(newRing()));
  const [mine] = await codec.encode([json({ outcome: 'approved' })], reset);
  assert.ok(mine);
  for (const other of [
    { ...reset, workflowId: 'reset/2' },
    { ...reset, namespace: 'default' },
    { ...reset, namespace: 'countersign|reset', workflowId: '1' },
  ]) {
    await assert.rejects(codec.decode([mine], other), because('of-another'));
    const relabelled = {
      ...mine,
      metadata: { ...mine.metadata, 'encryption-owner': Buffer.from(`${other.namespace}|${other.workflowId}`) },
    };
    await assert.rejects(codec.decode([relabelled], other), because('broken'));
  }
});

test("an activity's payloads are its workflow's, whichever id and attempt the activity has", async () => {
  const codec = historyCodec(openRing(newRing()));
  const { namespace, workflowId } = reset;
  const asActivity = (activityId: string): SerializationContext => ({
    type: 'activity',
    namespace,
    workflowId: workflowId ?? '',
    activityId,
    isLocal: false,
  });
  const encrypted = await codec.encode([json(1)], asActivity('1'));
  assert.deepEqual(bytes(await codec.decode(encrypted, asActivity('2'))), bytes([json(1)]));
  assert.deepEqual(bytes(await codec.decode(encrypted, reset)), bytes([json(1)]));
});

test('a payload in clear is refused, and so is one that belongs to nobody', async () => {
  const codec = historyCodec(openRing(newRing()));
  await assert.rejects(codec.decode([json('let me in')], reset), because('not-encrypted'));
  await assert.rejects(codec.encode([json(1)]), because('no-owner'));
  await assert.rejects(codec.encode([json(1)], { type: 'activity', namespace: 'countersign', isLocal: false }), because('no-owner'));
  await assert.rejects(codec.decode(await codec.encode([json(1)], reset)), because('no-owner'));
});

test('after a rotation old and new are opened; without the old key the old is refused in a sentence that names the fix', async () => {
  const [old, fresh] = [newHistoryKey(), newHistoryKey()];
  const before = historyCodec(openRing(newRing([old])));
  const after = historyCodec(openRing(newRing([old, fresh])));
  const parked = await before.encode([json('parked')], reset);
  assert.deepEqual(bytes(await after.decode(parked, reset)), bytes([json('parked')]));
  const next = await after.encode([json('next')], reset);
  assert.equal(text(next[0], 'encryption-key-id'), fresh.id);
  await assert.rejects(before.decode(next, reset), because('no-key'));
  await assert.rejects(historyCodec(openRing(newRing([fresh]))).decode(parked, reset), {
    message: `A payload of reset/1 under key ${old.id} is refused: the ring has no such key. Put the ring back from a backup, or copy the ring of another process; without that key nothing opens it.`,
  });
  const impostor = { ...newHistoryKey(), id: old.id };
  await assert.rejects(historyCodec(openRing(newRing([impostor]))).decode(parked, reset), because('broken'));
});

test('a ring that only learned a key goes on encrypting with the one that it had', async () => {
  const [old, fresh] = [newHistoryKey(), newHistoryKey()];
  const codec = historyCodec(openRing(ringInHand({ encrypts: old.id, keys: [old, fresh] })));
  assert.equal(text((await codec.encode([json(1)], reset))[0], 'encryption-key-id'), old.id);
});

test('WebCrypto derives the same key and opens the same bytes: the format is HKDF-SHA256 and AES-256-GCM, nothing of ours', async () => {
  const key = newHistoryKey();
  const owner = { namespace: 'countersign', workflowId: 'reset/1' };
  const bound = new TextEncoder().encode(['countersign/history/v1', key.id, owner.namespace, owner.workflowId].join('\0'));
  const master = await crypto.subtle.importKey('raw', new Uint8Array(key.secret), 'HKDF', false, ['deriveBits']);
  const derived = await crypto.subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: bound }, master, 256);
  assert.equal(Buffer.from(derived).toString('hex'), workflowKey(key.secret, key.id, owner).toString('hex'));

  const [encrypted] = await historyCodec(openRing(newRing([key]))).encode([json('seen by others')], reset);
  const data = new Uint8Array(encrypted?.data ?? []);
  const aes = await crypto.subtle.importKey('raw', derived, 'AES-GCM', false, ['decrypt']);
  const opened = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: data.subarray(0, 12), additionalData: bound }, aes, data.subarray(12));
  assert.match(Buffer.from(opened).toString('latin1'), /"seen by others"$/);
});
