import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHANGING, useApp } from './app-under-test.ts';

const app = await useApp();
const CANARY = 'Canary-2026-Zebra';

test('without Temporal everybody is told to come back, nothing typed is at rest in clear or in the log, and the same request goes on later', async () => {
  const headers = { ...CHANGING, 'idempotency-key': 'begin-while-away' };
  const begin = () => app.ask('POST', '/api/v1/portal/resets', { headers, body: JSON.stringify({ account: CANARY }) });
  const first = await begin();
  assert.deepEqual([first.status, first.body['code']], [503, 'service-unavailable']);
  assert.ok(Number(first.headers['retry-after']) > 0);
  const again = await begin();
  assert.equal(again.status, 503, 'a failure of ours is not kept as the answer');
  assert.equal(await app.owner.reset.count(), 1, 'both are one reset');
  const signIn = await app.ask('POST', '/api/v1/session', {
    headers: CHANGING,
    body: JSON.stringify({ account: 'somebody', password: CANARY }),
  });
  assert.deepEqual([signIn.status, signIn.body['code']], [503, 'service-unavailable']);
  assert.equal((await app.ask('GET', '/readyz')).body['temporal'], 'away');

  const tables = await app.owner.$queryRaw<{ name: string }[]>`SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`;
  for (const { name } of tables) {
    const rows = await app.owner.$queryRawUnsafe<{ row: string }[]>(`SELECT t::text AS row FROM "${name}" t`);
    for (const { row } of rows)
      for (const spelling of [CANARY, Buffer.from(CANARY).toString('hex'), Buffer.from(CANARY).toString('base64')])
        assert.ok(!row.includes(spelling), name);
  }
  assert.ok(!JSON.stringify(app.logged).includes(CANARY));
});
