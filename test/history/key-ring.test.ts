import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatRing, newHistoryKey, parseRing } from '#history/key-ring.ts';
import { openRing } from '#history/open-ring.ts';
import { workflowKey } from '#history/workflow-key.ts';
import { newRing } from '#test/support/history-keys.ts';

test('a ring reads back as it was written', () => {
  const keys = [newHistoryKey(), newHistoryKey()] as const;
  const ring = { encrypts: keys[0].id, keys };
  assert.deepEqual(parseRing(formatRing(ring), 'history.keys'), ring);
});

test('a ring with a fault is refused in a sentence that names file and fix, and shows no byte of a key', () => {
  const [key, other] = [newHistoryKey(), newHistoryKey()];
  const secret = key.secret.toString('base64url');
  const entry = { id: key.id, made: key.made, secret };
  const faults: [string, RegExp][] = [
    ['', /not the JSON of a ring/],
    [`{"encrypts":"x","keys":[{"secret":"${secret}`, /not the JSON of a ring/],
    [JSON.stringify({ encrypts: other.id, keys: [entry] }), /the key that it encrypts with is not in it/],
    [JSON.stringify({ encrypts: key.id, keys: [entry, entry] }), /two keys have the same id/],
    [JSON.stringify({ encrypts: key.id, keys: [{ ...entry, id: 'Über' }] }), /no id of small letters/],
    [JSON.stringify({ encrypts: key.id, keys: [{ ...entry, made: 'once' }] }), /does not say when it was made/],
    [JSON.stringify({ encrypts: key.id, keys: [{ ...entry, secret: secret.slice(4) }] }), /does not hold 32 bytes/],
    [JSON.stringify({ encrypts: key.id, keys: [null] }), /no id/],
  ];
  for (const [text, fault] of faults) {
    assert.throws(
      () => parseRing(text, '/var/api/history.keys'),
      ({ message }: Error) => {
        assert.match(message, fault);
        assert.match(message, /^\/var\/api\/history\.keys .*backup, or copy the ring of another process\.$/);
        assert.ok(!message.includes(secret));
        return true;
      },
    );
  }
});

test('a process without its ring does not start, and says what to do', () => {
  const missing = () => {
    throw Object.assign(new Error('ENOENT'), { code: 'ENOENT' });
  };
  assert.throws(() => openRing({ name: '/var/api/history.keys', read: missing, stamp: missing }), {
    message:
      '/var/api/history.keys is missing, and without the history keys no workflow can be read. Copy the ring of another process, or put it back from a backup; where there was none yet, npm start makes it.',
  });
});

test('a replaced ring counts at once; a broken one changes nothing for a process that runs', () => {
  const [old, fresh] = [newHistoryKey(), newHistoryKey()];
  const file = newRing([old]);
  const keys = openRing(file);
  assert.equal(keys.newest().id, old.id);
  assert.equal(keys.find(fresh.id), undefined);
  file.replace(formatRing({ encrypts: old.id, keys: [old, fresh] }));
  assert.equal(keys.find(fresh.id)?.id, fresh.id);
  assert.equal(keys.newest().id, old.id);
  file.replace('{');
  assert.equal(keys.newest().id, old.id);
  file.replace(formatRing({ encrypts: fresh.id, keys: [old, fresh] }));
  assert.equal(keys.newest().id, fresh.id);
});

test("a workflow's key follows from master, key id, namespace and workflow id together, and from no other split of them", () => {
  const { secret } = newHistoryKey();
  const of = (id: string, namespace: string, workflowId: string) => workflowKey(secret, id, { namespace, workflowId }).toString('hex');
  const all = [of('a', 'b', 'c/d'), of('a', 'b', 'c'), of('a', 'bc', '/d'), of('a', 'b|c', 'd'), of('b', 'a', 'c/d')];
  assert.equal(new Set(all).size, all.length);
  assert.throws(() => of('a', 'b\0c', 'd'), /without NUL/);
  assert.throws(() => of('a', 'b', ''), /none of them empty/);
  assert.throws(() => workflowKey(secret.subarray(1), 'a', { namespace: 'b', workflowId: 'c' }), /32 bytes/);
});
