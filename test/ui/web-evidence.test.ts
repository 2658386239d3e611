import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { WEB_BUFFER, WebBuffer } from '../../admin-ui/evidence/web-buffer.ts';
import { createHash as webHash, createPublicKey, forget, settled, verify } from '../../admin-ui/evidence/web-crypto.ts';
import { eventsBehind } from '../../admin-ui/evidence/events-behind.ts';

const bytes = fc.uint8Array({ maxLength: 80 });
const holds = (property: fc.IProperty<unknown[]>) => fc.assert(property as fc.IProperty<[]>, { seed: 7, numRuns: 300 });

test('the bytes of the browser read and write as those of Node do', () => {
  for (const encoding of ['utf8', 'hex', 'base64', 'base64url'] as const)
    holds(fc.property(bytes, (b) => assert.equal(new WebBuffer(b).toString(encoding), Buffer.from(b).toString(encoding))) as never);
  holds(
    fc.property(bytes, bytes, (a, b) => {
      assert.equal(WEB_BUFFER.compare(a, b), Buffer.compare(a, b));
      assert.equal(new WebBuffer(a).equals(b), Buffer.from(a).equals(b));
      assert.deepEqual([...WEB_BUFFER.concat([a, b])], [...Buffer.concat([a, b])]);
      assert.deepEqual([...WEB_BUFFER.from(Buffer.from(a).toString('hex'), 'hex')], [...a]);
    }) as never,
  );
  holds(
    fc.property(fc.uint8Array({ minLength: 12, maxLength: 12 }), (b) => {
      const tail = (all: Uint8Array) => new WebBuffer(all).subarray(4) as WebBuffer; // what the typed array makes, by its species
      // A view into a longer one: numbers are read from where it begins.
      assert.equal(tail(b).readUInt32BE(), Buffer.from(b).subarray(4).readUInt32BE());
      assert.equal(tail(b).readBigUInt64BE(0), Buffer.from(b).subarray(4).readBigUInt64BE(0));
    }) as never,
  );
});

test('a text that is not the one base64 of its bytes is told from it, as with Node', () => {
  const strict = (from: (text: string) => string) => (text: string) => from(text) === text;
  const inNode = strict((text) => Buffer.from(text, 'base64').toString('base64'));
  const inBrowser = strict((text) => WEB_BUFFER.from(text, 'base64').toString('base64'));
  for (const text of ['', 'AA==', 'AA=', 'AB==', 'A', 'AAAA', 'AAA\n', ' AAAA', 'AA-_', 'AA+/', '====', 'ÄÄÄÄ', 'AAAA=', 'AA==AA=='])
    assert.equal(inBrowser(text), inNode(text), JSON.stringify(text));
  holds(fc.property(fc.string({ maxLength: 12 }), (text) => assert.equal(inBrowser(text), inNode(text))) as never);
});

test("SubtleCrypto's hashes and verdicts are Node's", async () => {
  forget();
  await fc.assert(
    fc.asyncProperty(bytes, bytes, async (a, b) => {
      const digest = await settled(() => webHash('sha256').update(a).update(b).digest());
      assert.deepEqual(digest, createHash('sha256').update(a).update(b).digest());
    }),
    { seed: 7, numRuns: 50 },
  );
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const jwk = publicKey.export({ format: 'jwk' }) as { kty: string; crv: string; x: string };
  const key = createPublicKey({ format: 'jwk', key: jwk });
  const message = Buffer.from('a checkpoint');
  const signature = sign(null, message, privateKey);
  assert.equal(await settled(() => verify(null, message, key, signature)), true);
  for (let at = 0; at < signature.length; at++) {
    const bent = Buffer.from(signature);
    bent[at] = (bent[at] ?? 0) ^ 1;
    assert.equal(await settled(() => verify(null, message, key, bent)), false);
  }
  assert.equal(await settled(() => verify(null, Buffer.from('another'), key, signature)), false);
  assert.equal(await settled(() => verify(null, message, key, Buffer.alloc(3))), false);
});

test('what is asked for once more is answered from what was computed, and an error of the work is its own', async () => {
  let runs = 0;
  const work = () => {
    runs += 1;
    const first = webHash('sha256').update('a').digest();
    return webHash('sha256').update(first).digest();
  };
  forget();
  await settled(work);
  assert.equal(runs, 3, 'two questions, and the run that had both answers');
  await settled(work);
  assert.equal(runs, 4);
  await assert.rejects(
    settled(() => {
      throw new RangeError('its own');
    }),
    RangeError,
  );
});

test('behind a leaf lie the events of its activity and of its update, and of nothing else', () => {
  const marker = (activity: string) => ({
    eventId: '9',
    markerRecordedEventAttributes: {
      markerName: 'core_local_activity',
      details: { data: { payloads: [{ data: Buffer.from(JSON.stringify({ activity_id: activity })).toString('base64') }] } },
    },
  });
  const events = [
    { eventId: '1', workflowExecutionStartedEventAttributes: {} },
    { eventId: '5', activityTaskScheduledEventAttributes: { activityId: '2' } },
    { eventId: '6', activityTaskStartedEventAttributes: { scheduledEventId: '5' } },
    { eventId: '7', activityTaskCompletedEventAttributes: { scheduledEventId: '5' } },
    { eventId: '8', workflowExecutionUpdateAcceptedEventAttributes: { acceptedRequest: { meta: { updateId: 'u' } } } },
    marker('3'),
    { eventId: '10', workflowExecutionUpdateCompletedEventAttributes: { meta: { updateId: 'u' } } },
  ];
  const behind = (wf: object) => eventsBehind(JSON.stringify({ wf }), 'reset/1', events).map(({ eventId }) => eventId);
  assert.deepEqual(behind({ id: 'reset/1', activity: '2', update: 'u' }), ['5', '6', '7', '8', '10']);
  assert.deepEqual(behind({ id: 'reset/1', activity: '3' }), ['9']);
  assert.deepEqual(behind({ id: 'reset/2', activity: '2', update: 'u' }), []);
  assert.deepEqual(eventsBehind('no leaf', 'reset/1', events), []);
});
