import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { Notary } from '#log/notary/run.ts';
import { createTurns } from '#log/notary/turns.ts';
import { useDatabase } from '#test/support/database.ts';
import { useLog } from './a-log.ts';
import { consistent } from './what-a-stranger-reads.ts';

/** PostgreSQL goes away at the worst moments: sessions are ended by the server, an answer is lost, transactions are numbered anew. */
const database = await useDatabase();
const log = await useLog(database);
const superuser = database.as('superuser');
let notary: Notary;
beforeEach(async () => {
  notary = await log.open();
  await log.settle(notary);
});

test('the answer to a commit is lost: the notary finds what it did itself, and goes on', async () => {
  let loses = false;
  const losing = new Proxy(log.db, {
    get(target, name) {
      const real: unknown = Reflect.get(target, name);
      if (name !== '$transaction' || typeof real !== 'function') return real;
      return async (...args: unknown[]): Promise<unknown> => {
        const answer: unknown = await (real as (...all: unknown[]) => Promise<unknown>).apply(target, args);
        if (!loses) return answer;
        loses = false;
        throw new Error('the connection was lost');
      };
    },
  });
  notary = await log.open({ db: losing });
  loses = true;
  const ids = await log.write(3);
  await assert.rejects(notary.turn(), /lost/);
  await log.settle(notary);
  assert.equal(await log.db.logEntry.count({ where: { leafId: { in: ids } } }), 3);
  await consistent(log);
});

test('sessions are ended by the server again and again while it takes leaves: none is lost, none is taken twice', async () => {
  const said: string[] = [];
  const turns = createTurns(() => notary.turn(), { warn: (fields) => void said.push(JSON.stringify(fields)) });
  const ids: string[] = [];
  for (let round = 0; round < 6; round++) {
    ids.push(...(await log.write(5).catch(() => [])));
    turns.wake();
    await superuser.$executeRaw`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = current_user AND pid <> pg_backend_pid() AND query LIKE '%log_%'`;
  }
  turns.end();
  await turns.ended;
  await log.settle(await log.open());
  assert.equal(await log.db.logEntry.count({ where: { leafId: { in: ids } } }), ids.length);
  assert.equal(await log.db.logEntry.count(), await log.db.leaf.count());
  assert.ok(
    said.every((words) => !words.includes('postgres')),
    'its log has names of failures and no words of the server',
  );
  await consistent(log);
});

test('a database that was restored from a dump numbers its transactions anew: the notary says how to mend it, and signs nothing', async () => {
  await superuser.$executeRaw`UPDATE log_head SET oldest_xid = '9000000000'::xid8`;
  await assert.rejects(log.open(), /pg_resetwal -e 2 -x 411065408/);
  await superuser.$executeRaw`UPDATE log_head SET oldest_xid = '0'::xid8`;
  await log.settle(await log.open());
  await consistent(log);
});
