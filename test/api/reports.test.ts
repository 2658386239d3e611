import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import Papa from 'papaparse';
import { FRAMEWORKS } from '#audit/control-map.ts';
import { countLeaves } from '#api/report-counts.ts';
import type { Report } from '#api/report.ts';
import { LEAF_TYPES, type LeafType } from '#domain/leaf-types.ts';
import { leafHash } from '#evidence/merkle-tree.ts';
import { leavesOf } from '#ops/bundle/leaves.ts';
import { appendLeaf } from '#prisma/leaves.ts';
import { useLog } from '#test/log/a-log.ts';
import { entries } from '#test/log/what-a-stranger-reads.ts';
import { useApp } from './app-under-test.ts';

const app = await useApp();
const log = await useLog(app.database);
const MATEO = 'b7a3c1de-0000-4000-8000-0000000000b2';
const JULY = 'from=2026-07-01&to=2026-08-01';
const TYPES = Object.keys(LEAF_TYPES) as LeafType[];
const UNUSED = 'quorum.lost';

/** A leaf as if it had been recorded at another time, as far as the database says when. */
async function leafAt(type: LeafType, at: string): Promise<void> {
  const id = await app.db.$transaction((tx) => appendLeaf(tx, { type, outcome: 'success' }, 'test'));
  await app.owner.leaf.update({ where: { id }, data: { at: new Date(at) } });
}
async function settle(): Promise<void> {
  const notary = await log.open();
  await log.settle(notary);
}
async function reportOn(query: string, framework = 'pci-dss'): Promise<Report> {
  const headers = await app.signedIn(['auditor'], MATEO);
  const answer = await app.ask('GET', `/api/v1/reports/${framework}?${query}`, { headers });
  assert.equal(answer.status, 200, answer.text);
  return answer.body as unknown as Report;
}

test('as long as no checkpoint is cosigned nothing is counted, and how much waits is said', async () => {
  // June, then July with one leaf of August among them, then August: the order of the log is not quite that of the clock.
  const some = TYPES.filter((type) => type !== UNUSED);
  const july = [...some, ...some.slice(0, 17), 'write.result', 'write.result'] as LeafType[];
  for (const type of some.slice(5, 12)) await leafAt(type, '2026-06-30T23:59:59.999Z');
  for (const [index, type] of july.entries()) {
    await leafAt(type, index === 0 ? '2026-07-01T00:00:00Z' : `2026-07-${String(1 + (index % 31)).padStart(2, '0')}T12:00:00Z`);
    if (index === 30) await leafAt('write.verified', '2026-08-01T00:00:00Z');
  }
  for (const type of some.slice(0, 9)) await leafAt(type, '2026-08-01T00:00:00Z');
  const { checkpoint, leaves, rows } = await reportOn(JULY);
  assert.equal(checkpoint, null);
  assert.deepEqual(leaves, { first: null, last: null, count: 0, uncounted: july.length });
  assert.ok(rows.every((row) => row.leaves.every(({ count, first }) => count === 0 && first === null)));
});

test('every number is that of an independent count over the entries of the published log, and of the bundle of that time', async () => {
  await settle();
  writeFileSync(app.trustPolicyFile, log.policyText());
  const { checkpoint, leaves, quorum } = await reportOn(JULY);
  assert.ok(checkpoint);
  assert.deepEqual(quorum, { needed: 2, of: 3 });
  assert.ok(checkpoint.witnesses.length >= 2);
  const [head] = await app.owner.logHead.findMany();
  assert.equal(checkpoint.size, String(head?.publishedSize));
  assert.equal(checkpoint.origin, head?.origin);

  const published = entries(log, BigInt(checkpoint.size));
  const stored = new Map(
    (await app.owner.leaf.findMany({ select: { hash: true, at: true } })).map(({ hash, at }) => [Buffer.from(hash).toString('hex'), at]),
  );
  const times = published.map((entry) => stored.get(leafHash(entry).toString('hex')) ?? assert.fail('a published entry is no leaf'));
  const inJuly = (at: Date) => at >= new Date('2026-07-01T00:00Z') && at < new Date('2026-08-01T00:00Z');
  const first = times.findIndex(inJuly);
  const last = times.findLastIndex(inJuly);
  assert.deepEqual(leaves, { first: String(first), last: String(last), count: last - first + 1, uncounted: 0 });
  const types = published.map((entry) => (JSON.parse(entry.toString('utf8')) as { type: string }).type);
  const range = types.slice(first, last + 1);
  assert.ok(range.length > times.filter(inJuly).length, 'a leaf of August lies between those of July and is in the range');

  for (const { id, controls } of FRAMEWORKS) {
    const report = await reportOn(JULY, id);
    assert.deepEqual(
      report.rows.map((row) => [row.clause, row.leaves]),
      controls.map((control) => [
        control.clause,
        control.leaves.map((type) => ({
          type,
          count: range.filter((one) => one === type).length,
          first: range.includes(type) ? String(first + range.indexOf(type)) : null,
          last: range.includes(type) ? String(first + range.lastIndexOf(type)) : null,
        })),
      ]),
    );
  }
  const asked = { from: new Date('2026-07-01T00:00Z'), to: new Date('2026-08-01T00:00Z') };
  const bundle = await leavesOf(app.database.as('auditor'), asked, () => BigInt(checkpoint.size));
  assert.deepEqual(bundle.scope, { from: leaves.first, to: String(BigInt(leaves.last ?? 0) + 1n) });
});

test('what nobody has cosigned yet is in no count', async () => {
  const before = await reportOn('from=2026-07-10&to=2026-07-20');
  await log.witnesses[0]?.stop();
  await log.witnesses[1]?.stop();
  try {
    await leafAt('write.result', '2026-07-15T00:00:00Z');
    const notary = await log.open();
    await notary.turn();
    await leafAt('write.result', '2026-07-15T00:00:00Z');
    const after = await reportOn('from=2026-07-10&to=2026-07-20');
    assert.deepEqual(after.leaves, { ...before.leaves, uncounted: 2 });
    assert.deepEqual(after.rows, before.rows);
  } finally {
    await log.witnesses[0]?.start();
    await log.witnesses[1]?.start();
  }
});

test('the table says the same, line by line, is safe to open in a spreadsheet, and ties each line to the checkpoint', async () => {
  const headers = await app.signedIn(['auditor'], MATEO);
  for (const { id } of FRAMEWORKS) {
    const report = await reportOn(JULY, id);
    const { text, headers: answered } = await app.ask('GET', `/api/v1/reports/${id}/table.csv?${JULY}`, { headers });
    assert.match(String(answered['content-type']), /^text\/csv/);
    assert.match(String(answered['content-disposition']), new RegExp(`attachment; filename="countersign-${id}\\.csv"`));
    const { data, errors } = Papa.parse<Record<string, string>>(text, { header: true });
    assert.deepEqual(errors, []);
    assert.deepEqual(
      data.map((line) => [line['clause'], line['kind of leaf'], line['count'], line['first index'], line['last index']]),
      report.rows.flatMap(({ clause, leaves, testOnly }) =>
        leaves.length === 0
          ? [[clause, testOnly, '', '', '']]
          : leaves.map(({ type, count, first, last }) => [clause, type, String(count), first ?? '', last ?? '']),
      ),
    );
    for (const line of data) {
      for (const [column, cell] of Object.entries(line)) assert.ok(!/^[=+\-@\t\r]/.test(cell), `${column}: ${cell}`);
      assert.deepEqual(
        [line['from'], line['to'], line['log'], line['checkpoint size'], line['checkpoint root']],
        [
          '2026-07-01T00:00:00.000Z',
          '2026-08-01T00:00:00.000Z',
          report.checkpoint?.origin,
          report.checkpoint?.size,
          report.checkpoint?.root,
        ],
      );
    }
  }
});

test('whoever reads or exports a report is in the log, and who may not is refused and recorded', async () => {
  type Reading = { actor: string | null; do: Record<string, unknown> };
  const readings = async (type: string): Promise<Reading[]> =>
    (await app.owner.leaf.findMany({ where: { type }, orderBy: { seq: 'asc' } })).map(({ actor, body }) => ({
      actor,
      do: (JSON.parse(body) as { do?: Record<string, unknown> }).do ?? {},
    }));
  const administrator = await app.signedIn(['administrator'], MATEO);
  const before = (await readings('audit.read')).length;
  const at = '/api/v1/reports/iso-27001';
  for (const path of [at, at, `${at}/table.csv`, `${at}/table.csv`])
    assert.equal((await app.ask('GET', `${path}?from=2026-07-01&to=2026-07-02T00:00Z`, { headers: administrator })).status, 200);
  const facts = { kind: 'report', framework: 'iso-27001', from: '2026-07-01T00:00:00.000Z', to: '2026-07-02T00:00:00.000Z' };
  const since = (await readings('audit.read')).slice(before);
  assert.deepEqual(
    since.map(({ actor, do: { session: _session, ...said } }) => [actor, said]),
    [
      [MATEO, facts],
      [MATEO, { ...facts, exported: true }],
      [MATEO, { ...facts, exported: true }],
    ],
    'looking again within a minute is one reading, each export one of its own',
  );

  const refused = (await readings('access.refused')).length;
  for (const role of ['approver', 'help-desk', 'operator'] as const) {
    const headers = await app.signedIn([role]);
    for (const path of ['/api/v1/reports', `${at}?${JULY}`, `${at}/table.csv?${JULY}`])
      assert.equal((await app.ask('GET', path, { headers })).body['code'], 'role-needed', `${role} ${path}`);
  }
  assert.equal((await readings('access.refused')).length - refused, 9);
  assert.equal((await readings('audit.read')).length - before, 3);
  assert.equal((await app.ask('GET', `${at}?${JULY}`)).status, 401);
});

test('a time that is none is refused with what to write, and a framework that is none is not there', async () => {
  const headers = await app.signedIn(['auditor'], MATEO);
  const refusals: [query: string, expected: RegExp][] = [
    ['', /query\.from: write a day in UTC, such as 2026-11-01/],
    ['from=2026-07-01', /query\.to: write a day/],
    ['from=yesterday&to=2026-07-01', /query\.from: write a day/],
    ['from=2026-02-30&to=2026-07-01', /query\.from: write a day/],
    ['from=2026-07-01T00:00&to=2026-07-02', /query\.from: write a day in UTC/],
    ['from=2026-07-01T00:00%2B05:30&to=2026-07-02', /query\.from: write a day in UTC/],
    ['from=2026-07-01&to=2026-07-01', /query\.to: name a moment after the first one/],
    ['from=2025-07-01&to=2026-08-06', /query\.to: a report is of 400 days at most/],
    [`${JULY}&limit=5`, /has a field that is not known/],
  ];
  for (const [query, expected] of refusals)
    for (const path of ['', '/table.csv']) {
      const { status, body } = await app.ask('GET', `/api/v1/reports/rbi${path}?${query}`, { headers });
      assert.equal(status, 400, query);
      assert.match(String(body['detail']), expected);
    }
  assert.equal((await app.ask('GET', `/api/v1/reports/rbi?from=2025-07-01&to=2026-08-05`, { headers })).status, 200);
  for (const id of ['sox', 'RBI', 'rbi.csv', '%00']) {
    const { status, body } = await app.ask('GET', `/api/v1/reports/${id}?${JULY}`, { headers });
    assert.deepEqual([status, body['code']], [404, 'not-found'], id);
  }
});

test('the list names every framework of the map with its rows', async () => {
  const headers = await app.signedIn(['auditor'], MATEO);
  const { body } = await app.ask('GET', '/api/v1/reports', { headers });
  assert.deepEqual(
    body['items'],
    FRAMEWORKS.map(({ id, title, edition, controls }) => ({ id, title, edition, rows: controls.length })),
  );
});

test('a count that takes too long is given up with what to do, and holds no connection', async () => {
  const period = { from: new Date('2026-07-01T00:00Z'), to: new Date('2026-08-01T00:00Z') };
  await app.owner.$transaction(async (tx) => {
    await tx.$executeRaw`LOCK TABLE log_entry IN ACCESS EXCLUSIVE MODE`;
    await assert.rejects(countLeaves(app.db, period, 10n, 50), { code: 'too-large', detail: /Ask for a shorter one/ });
  });
  const { byType } = await countLeaves(app.db, period, 1000n);
  assert.equal(byType.has(UNUSED), false);
  assert.ok(byType.get('write.result'));
});
