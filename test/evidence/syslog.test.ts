import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { cefMessage } from '#audit/cef.ts';
import { leafEvent, UNREADABLE } from '#audit/leaf-event.ts';
import { octetCounted, syslogMessage, type Sender } from '#audit/syslog.ts';
import { LEAF_TYPES } from '#domain/leaf-types.ts';
import { canonical, type Json } from '#evidence/jcs.ts';
import { leafHash } from '#evidence/merkle-tree.ts';
import { readOctetCounted, readSyslog } from '#test/support/read-syslog.ts';
import { hostileLeaf, noLeaf } from './hostile-leaf.ts';

const origin = 'log.bank.example/evidence';
const sender: Sender = { hostname: 'siem-forwarder.bank.example', enterprise: '32473' };
const event = (body: Json | Buffer, index = 73_894n) =>
  leafEvent(origin, index, Buffer.isBuffer(body) ? body : Buffer.from(canonical(body)));
const read = (body: Json | Buffer, index?: bigint) => readSyslog(syslogMessage(event(body, index), 0, sender));
const params = (message: ReturnType<typeof readSyslog>) => message.data.get('countersign@32473') ?? new Map<string, string>();

/** Of a write, as activities/write records it. */
const written = {
  v: 1,
  id: '01a21519-a779-7916-a18a-3d0cd6ce674b',
  type: 'write.result',
  outcome: 'success',
  wseq: '12',
  prev: null,
  t: { wall: '2026-11-22T21:33:00.123Z', mono_ns: '812000000', boot: 'f3b0b5c2-7d8d-4f5e-9c56-1a2b3c4d5e6f', src: 'host' },
  by: { process: 'writer-staff', release: '0.1.0' },
  wf: { ns: 'countersign', id: 'reset/01a21519-0000-7000-8000-000000000001', run: '01a21519-0000-7000-8000-000000000002' },
  who: { actor: { type: 'service', name: 'writer-staff' } },
  target: { guid: '0c3c6f0e-7d8d-4f5e-9c56-1a2b3c4d5e6f', sid: 'S-1-5-21-1-2-3-1105', privileged: false, name_c: 'A'.repeat(43) + '=' },
  src: { ip_c: 'B'.repeat(43) + '=' },
  policy: { sha256: 'ab'.repeat(32), rule: 'staff' },
  do: { ordinal: 1 },
};

test('a leaf is one message of RFC 5424, told by its own time, process and type', () => {
  const message = syslogMessage(event(written), 4710, sender);
  assert.equal(
    message,
    '<109>1 2026-11-22T21:33:00.123Z siem-forwarder.bank.example countersign writer-staff write.result ' +
      '[timeQuality tzKnown="1"][meta sequenceId="4711"][origin software="Countersign" swVersion="0.1.0"]' +
      `[countersign@32473 log="${origin}" index="73894" leaf="${leafHash(canonical(written)).toString('base64')}"` +
      ' id="01a21519-a779-7916-a18a-3d0cd6ce674b" type="write.result" outcome="success"' +
      ' wf="reset/01a21519-0000-7000-8000-000000000001" run="01a21519-0000-7000-8000-000000000002"' +
      ` actor="service:writer-staff" actor_kind="service" target="S-1-5-21-1-2-3-1105" class="standard" source="${'B'.repeat(43)}="` +
      ` policy="${'ab'.repeat(32)}" rule="staff"]` +
      ' \uFEFFThe directory made the change.',
  );
  assert.ok(Buffer.byteLength(message) <= 2048, 'which every receiver takes (RFC 5425 §4.3.1)');
});

test('severity follows type and outcome: routine, something to look at, something that stopped or lied', () => {
  const pri = (type: string, outcome: string): number => read({ ...written, type, outcome }).pri;
  assert.equal(pri('factor.checked', 'success'), 109);
  assert.equal(pri('sign-in.ended', 'expired'), 109);
  assert.equal(pri('factor.checked', 'denied'), 108);
  assert.equal(pri('something.newer', 'odd'), 108);
  assert.equal(pri('quorum.lost', 'failure'), 107);
  assert.equal(pri('write.refused', 'denied'), 107);
  assert.equal(pri('alarm.raised', 'success'), 107, 'what people are called for');
  assert.equal(pri('write.result', 'unknown'), 107);
});

test('of clocks only what the leaf says: tracked, not tracked, or nothing', () => {
  const quality = (type: string, outcome: string) => [...(read({ ...written, type, outcome }).data.get('timeQuality') ?? [])].join(' ');
  assert.equal(quality('clock.tracking', 'success'), 'tzKnown,1 isSynced,1');
  assert.equal(quality('clock.tracking', 'failure'), 'tzKnown,1 isSynced,0');
  assert.equal(quality('clock.tracking', 'unknown'), 'tzKnown,1');
  assert.equal(quality('write.result', 'success'), 'tzKnown,1');
});

test('every type of the catalogue is a sentence and a MSGID of its own', () => {
  const ids = Object.keys(LEAF_TYPES).map((type) => {
    const { msg, msgId } = read({ ...written, type });
    assert.match(msg ?? '', /^\uFEFF[A-Z][^\n]+\.$/, type);
    assert.doesNotMatch(msg ?? '', /not known here/, type);
    return msgId;
  });
  assert.deepEqual(ids, Object.keys(LEAF_TYPES));
});

test('actors are a SID, a GUID where there is none, a process or the machine; whoever sits at the portal has no name', () => {
  const actor = (of: Json) => params(read({ ...written, who: { actor: of } })).get('actor');
  assert.equal(actor({ type: 'person', guid: 'g', sid: 'S-1-5-21-1-2-3-1107' }), 'S-1-5-21-1-2-3-1107');
  assert.equal(actor({ type: 'person', guid: '0c3c6f0e-7d8d-4f5e-9c56-1a2b3c4d5e6f', sid: null }), '0c3c6f0e-7d8d-4f5e-9c56-1a2b3c4d5e6f');
  assert.equal(actor({ type: 'operator', uid: '0' }), 'operator:0');
  assert.equal(actor({ type: 'claimant' }), undefined);
  assert.equal(actor({ type: 'agent', name: 'Ada Example' }), undefined, 'a name of a newer kind of actor stays in the leaf');
});

test('what a newer release writes is told by its general members, and what is no leaf by its place and hash', () => {
  const newer = read({ ...written, v: 2, type: 'device.unlocked', more: { nested: [1, 2] } });
  assert.equal(newer.msgId, 'device.unlocked');
  assert.equal(params(newer).get('target'), 'S-1-5-21-1-2-3-1105');
  assert.equal(newer.msg, '\uFEFFA leaf of the type device.unlocked, which is not known here.');
  const spoilt = Buffer.from([0xff, 0xfe, 0x00, 0x5d]);
  const unread = read(spoilt, 9n);
  assert.deepEqual(
    [...params(unread)],
    [
      ['log', origin],
      ['index', '9'],
      ['leaf', leafHash(spoilt).toString('base64')],
    ],
  );
  assert.equal(unread.msg, `\uFEFF${UNREADABLE}`);
  assert.deepEqual([unread.timestamp, unread.procId, unread.msgId], ['-', '-', '-']);
});

test('a text that is too long or has control characters is cut or cleaned, and named; index and hash are whole', () => {
  const message = read({ ...written, reason: 'line one\nline two', wf: { id: 'w'.repeat(1000), run: null } }, 2n ** 63n - 1n);
  const told = params(message);
  assert.equal(told.get('reason'), 'line one\uFFFDline two');
  assert.equal(told.get('wf'), 'w'.repeat(128));
  assert.equal(told.get('altered'), 'reason wf');
  assert.equal(told.get('index'), '9223372036854775807');
});

const PARAMS = {
  id: 'id',
  type: 'type',
  outcome: 'outcome',
  reason: 'reason',
  wf: 'wf',
  run: 'run',
  actor: 'actor',
  actor_kind: 'actor_kind',
  target: 'target',
  class: 'class',
  source: 'source',
  policy: 'policy',
  rule: 'rule',
} as const;

test('whatever a leaf holds, a reader of the ABNF gets it back to the letter or is told that it is not', () => {
  fc.assert(
    fc.property(hostileLeaf, fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }), fc.constantFrom('syslog', 'cef'), ({ bytes }, index, format) => {
      const told = leafEvent(origin, index, bytes);
      const text = syslogMessage(told, 2 ** 31, sender, format === 'cef' ? cefMessage(told, sender.hostname) : undefined);
      assert.ok(Buffer.byteLength(text) <= 8192, `${Buffer.byteLength(text)} bytes`);
      // oxlint-disable-next-line no-control-regex -- which must not be there
      assert.doesNotMatch(text, /[\u0000-\u001f\u007f-\u009f]/);
      const message = readSyslog(text);
      const got = params(message);
      assert.equal(got.get('index'), String(index));
      assert.equal(got.get('leaf'), leafHash(bytes).toString('base64'));
      const altered = new Set((got.get('altered') ?? '').split(' '));
      for (const [field, param] of Object.entries(PARAMS))
        if (!altered.has(field)) assert.equal(got.get(param), told.fields[field as keyof typeof PARAMS], field);
      assert.equal(message.data.size, 4, 'no element was smuggled in');
      assert.deepEqual(readOctetCounted(octetCounted(text)), [text]);
    }),
    { numRuns: 1500 },
  );
});

test('bytes that are no leaf are an event as well', () => {
  fc.assert(
    fc.property(noLeaf, (bytes) => {
      const got = params(readSyslog(syslogMessage(leafEvent(origin, 0n, bytes), 0, sender)));
      assert.equal(got.get('leaf'), leafHash(bytes).toString('base64'));
    }),
  );
});

test('the count of messages begins at 1 and begins again after 2,147,483,647', () => {
  const count = (sequence: number) =>
    readSyslog(syslogMessage(event(written), sequence, sender))
      .data.get('meta')
      ?.get('sequenceId');
  assert.deepEqual([0, 1, 2_147_483_646, 2_147_483_647].map(count), ['1', '2', '2147483647', '1']);
});
