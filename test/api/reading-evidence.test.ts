import assert from 'node:assert/strict';
import { test } from 'node:test';
import { appendLeaf } from '#prisma/leaves.ts';
import { uuidv7 } from '#prisma/uuid.ts';
import { useApp } from './app-under-test.ts';

const app = await useApp();
const MATEO = 'b7a3c1de-0000-4000-8000-0000000000b2';

async function aReset(): Promise<string> {
  const id = uuidv7();
  await app.owner.reset.create({
    data: { id, reference: id.slice(-14).toUpperCase(), browserHash: new Uint8Array(32), next: {}, source: '10.0.0.7', runId: uuidv7() },
  });
  return id;
}
const readings = async () =>
  (await app.owner.leaf.findMany({ where: { type: 'audit.read' }, orderBy: { seq: 'asc' } })).map(
    ({ body }) => (JSON.parse(body) as { do: { kind: string; reset?: string } }).do,
  );

test('whoever reads a reset for an audit, its history or its evidence, is in the log; who has to act on it is not', async () => {
  const id = await aReset();
  const auditor = await app.signedIn(['auditor'], MATEO);
  for (const path of ['', '', '/evidence', '/evidence'])
    assert.equal((await app.ask('GET', `/api/v1/resets/${id}${path}`, { headers: auditor })).status, 200);
  // Temporal is away here: the reading that was tried stands in the log all the same.
  await app.ask('GET', `/api/v1/resets/${id}/history`, { headers: auditor });
  const seen = await readings();
  assert.deepEqual(
    seen.map(({ kind }) => kind),
    ['reset', 'evidence', 'history'],
  );
  assert.ok(seen.every(({ reset }) => reset === id));
  const helpDesk = await app.signedIn(['help-desk']);
  assert.equal((await app.ask('GET', `/api/v1/resets/${id}`, { headers: helpDesk })).status, 200);
  assert.equal((await readings()).length, 3);
  for (const path of [`/resets/${id}/evidence`, `/audit/openings/${id}`, '/audit/checkpoints'])
    assert.equal((await app.ask('GET', `/api/v1${path}`, { headers: helpDesk })).body['code'], 'role-needed');
});

test('evidence of a reset is its leaves verbatim in their order, with the states between and no place before there is a log', async () => {
  const id = await aReset();
  for (const state of ['proving', 'checking-factor'])
    await app.db.$transaction((tx) => appendLeaf(tx, { type: 'reset.state', outcome: 'success', reset: id, do: { state } }, 'test'));
  const auditor = await app.signedIn(['auditor'], MATEO);
  const { body } = await app.ask('GET', `/api/v1/resets/${id}/evidence`, { headers: auditor });
  const stored = await app.owner.leaf.findMany({ where: { resetId: id }, orderBy: { seq: 'asc' } });
  const leaves = body['leaves'] as Record<string, unknown>[];
  assert.deepEqual(
    leaves.map(({ text }) => text),
    stored.map((row) => row.body),
  );
  assert.deepEqual(
    leaves.map(({ before, after }) => [before, after]),
    [
      ['proving', 'proving'],
      ['proving', 'checking-factor'],
    ],
  );
  assert.deepEqual(
    leaves.map(({ index, proof }) => [index, proof]),
    [
      [null, null],
      [null, null],
    ],
  );
  assert.equal(body['checkpoint'], null);
  assert.equal((await app.ask('GET', `/api/v1/resets/${uuidv7()}/evidence`, { headers: auditor })).status, 404);
});

test('an opening is shown to auditors only, with a leaf for each look, and an erased one as gone', async () => {
  const id = await app.db.$transaction((tx) =>
    appendLeaf(tx, { type: 'sign-in.password', outcome: 'failure', personal: { address: '10.9.8.7', name: 'Some One' } }, 'test'),
  );
  const auditor = await app.signedIn(['auditor'], MATEO);
  const look = async () => {
    const { body } = await app.ask('GET', `/api/v1/audit/openings/${id}`, { headers: auditor });
    return Object.fromEntries(
      (body['items'] as { member: string; opening: { value: string } | null }[]).map(({ member, opening }) => [
        member,
        opening?.value ?? null,
      ]),
    );
  };
  const before = (await readings()).length;
  assert.deepEqual(await look(), { 'src.ip_c': '10.9.8.7', 'target.name_c': 'Some One' });
  await app.owner.opening.deleteMany({ where: { value: '10.9.8.7' } });
  assert.deepEqual(await look(), { 'src.ip_c': null, 'target.name_c': 'Some One' });
  assert.deepEqual(
    (await readings()).slice(before).map(({ kind }) => kind),
    ['openings', 'openings'],
  );
  // Not by a promise of ours: without the leaf of the reading PostgreSQL shows the API nothing.
  await assert.rejects(app.db.opening.findMany(), /permission denied|denied access/);
  assert.deepEqual(await app.db.$queryRaw`SELECT * FROM opened_for_audit(${id}::uuid)`, []);
  const administrator = await app.signedIn(['administrator']);
  assert.equal((await app.ask('GET', `/api/v1/audit/openings/${id}`, { headers: administrator })).body['code'], 'role-needed');
});

test('a session that its time has ended leaves a leaf, once', async () => {
  const headers = await app.signedIn(['auditor'], MATEO);
  await app.owner.session.updateMany({ where: { accountGuid: MATEO }, data: { endsAt: new Date(Date.now() - 1000) } });
  const ended = () => app.owner.leaf.count({ where: { type: 'sign-in.ended', outcome: 'expired', actor: MATEO } });
  const before = await ended();
  await Promise.all([1, 2, 3].map(() => app.ask('GET', '/api/v1/session', { headers })));
  assert.equal((await ended()) - before, 1);
});
