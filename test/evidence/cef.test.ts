import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { cefMessage } from '#audit/cef.ts';
import { leafEvent } from '#audit/leaf-event.ts';
import { canonical } from '#evidence/jcs.ts';
import { leafHash } from '#evidence/merkle-tree.ts';
import { readCef } from '#test/support/read-cef.ts';
import { hostileLeaf, noLeaf } from './hostile-leaf.ts';

const origin = 'log.bank.example/evidence';
const host = 'siem-forwarder.bank.example';

test('a leaf is one CEF line, with index and hash, SIDs and no name', () => {
  const leaf = canonical({
    v: 1,
    id: '01a21519-a779-7916-a18a-3d0cd6ce674b',
    type: 'approval.decided',
    outcome: 'denied',
    t: { wall: '2026-11-22T21:33:00.123Z', mono_ns: '1', boot: 'b', src: 'host' },
    by: { process: 'verifier', release: '0.1.0' },
    wf: { id: 'reset/01a21519-0000-7000-8000-000000000001', run: 'r1' },
    who: { actor: { type: 'person', guid: 'g', sid: 'S-1-5-21-1-2-3-1107' } },
    target: { guid: 'g2', sid: 'S-1-5-21-1-2-3-1105', privileged: true },
    policy: { sha256: 'ab', rule: 'protected' },
  });
  assert.equal(
    cefMessage(leafEvent(origin, 812n, Buffer.from(leaf)), host),
    'CEF:0|Countersign|Countersign|0.1.0|approval.decided|An approver denied.|6|rt=1795383180123' +
      ` dvchost=${host} deviceProcessName=verifier suid=S-1-5-21-1-2-3-1107 duid=S-1-5-21-1-2-3-1105 act=approval.decided` +
      ` outcome=denied externalId=812 cs1Label=leafHash cs1=${leafHash(leaf)
        .toString('base64')
        .replaceAll('=', String.raw`\=`)}` +
      ' cs2Label=workflowId cs2=reset/01a21519-0000-7000-8000-000000000001 cs3Label=run cs3=r1 cs4Label=policy cs4=ab' +
      ` cs5Label=logOrigin cs5=${origin} cs6Label=leafId cs6=01a21519-a779-7916-a18a-3d0cd6ce674b` +
      ' flexString2Label=targetClass flexString2=protected',
  );
});

/** Of the dictionary in "Implementing ArcSight CEF". */
const KEYS = new Set(
  'rt dvchost deviceProcessName suid duid act outcome reason externalId msg flexString1 flexString1Label flexString2 flexString2Label'
    .split(' ')
    .concat([1, 2, 3, 4, 5, 6].flatMap((at) => [`cs${at}`, `cs${at}Label`])),
);
const FIELDS = { outcome: 'outcome', reason: 'reason', duid: 'target', cs2: 'wf', cs3: 'run', cs6: 'id', act: 'type' } as const;

test('whatever a leaf holds, a reader of CEF gets it back to the letter or is told that it is not', () => {
  fc.assert(
    fc.property(hostileLeaf, fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }), ({ bytes }, index) => {
      const told = leafEvent(origin, index, bytes);
      const { header, extension } = readCef(cefMessage(told, host));
      assert.deepEqual(header.slice(0, 3), ['CEF:0', 'Countersign', 'Countersign']);
      assert.match(header[6] ?? '', /^[368]$/);
      assert.equal(extension.get('externalId'), String(index));
      assert.equal(extension.get('cs1'), leafHash(bytes).toString('base64'));
      const altered = (extension.get('msg') ?? '').replace(/^.*: |\.$/g, '').split(', ');
      for (const [key, field] of Object.entries(FIELDS))
        if (!altered.includes(field)) assert.equal(extension.get(key), told.fields[field], field);
      for (const key of extension.keys()) assert.ok(KEYS.has(key), `${key} is no key of the dictionary`);
    }),
    { numRuns: 1500 },
  );
});

test('bytes that are no leaf are a CEF line as well', () => {
  fc.assert(
    fc.property(noLeaf, (bytes) => {
      const { header, extension } = readCef(cefMessage(leafEvent(origin, 3n, bytes), host));
      assert.equal(header[4], 'unreadable');
      assert.equal(extension.get('externalId'), '3');
    }),
  );
});
