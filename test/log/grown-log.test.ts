import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Database } from '#db';
import { logStanding } from '#api/log-endpoints.ts';
import { useDatabase } from '#test/support/database.ts';
import { useLog } from './a-log.ts';

const LEAVES = 20_000;
/** Of two tables, for a handful of leaves that are new: far from what a look at each old one would take. */
const FEW = 500;

const database = await useDatabase();
const log = await useLog(database);
const superuser = database.as('superuser');

/** So many leaves of long ago, as the outbox holds them. */
async function fill(): Promise<void> {
  await superuser.$executeRaw`
    INSERT INTO leaf (id, type, outcome, body, hash)
    SELECT gen_random_uuid(), 'audit.read', 'success', body, sha256('\\x00'::bytea || convert_to(body, 'UTF8'))
    FROM (SELECT '{"n":' || n || '}' AS body FROM generate_series(1, ${LEAVES}) AS n) AS made`;
}

/** Rows of the log's tables that one transaction read (pg_stat_xact_user_tables). */
async function read(rights: 'notary' | 'api', work: (db: Database) => Promise<unknown>): Promise<number> {
  return database.as(rights).$transaction(async (tx) => {
    const inIt: Database = Object.assign(Object.create(tx), { $transaction: (step: (inner: typeof tx) => unknown) => step(tx) });
    await work(inIt);
    const [row] = await tx.$queryRaw<{ rows: number }[]>`
      SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::float8 AS rows FROM pg_stat_xact_user_tables WHERE relname IN ('leaf', 'log_entry')`;
    return row?.rows ?? Number.NaN;
  });
}

test('what the notary takes and what the console asks of the log costs the same however long the log has grown', async () => {
  const notary = await log.open();
  await fill();
  await log.settle(notary);
  await superuser.$executeRaw`ANALYZE leaf, log_entry`;
  await log.write(5);
  const whole = await read('api', (db) => db.leaf.count());
  assert.ok(whole >= LEAVES, 'what is read is counted');
  const asked = await read('api', (db) => logStanding(db));
  assert.ok(asked < FEW, `the standing of the log read ${asked} rows`);
  const taken = await read('notary', async (db) => log.settle(await log.open({ db })));
  assert.ok(taken < FEW, `a turn of the notary read ${taken} rows`);
});
