import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Client } from '@temporalio/client';
import { sweep } from '#activities/record/sweep.ts';
import { uuidv7 } from '#prisma/uuid.ts';
import { useDatabase } from '#test/support/database.ts';

const database = await useDatabase();
const owner = database.as('superuser');
const worker = database.as('worker');

/** Temporal, on which every reset runs but one. */
function runsAllBut(gone: string): { client: Pick<Client, 'workflow'>; asked: string[] } {
  const asked: string[] = [];
  const getHandle = (id: string) => ({
    describe: () => {
      asked.push(id);
      return Promise.resolve({ status: { name: id === `reset/${gone}` ? 'TERMINATED' : 'RUNNING' } });
    },
  });
  return { client: { workflow: { getHandle } } as unknown as Pick<Client, 'workflow'>, asked }; // all that a sweep asks of it
}

test('hundreds of resets that wait for good reason, as for witnesses, hide none whose workflow is gone', async () => {
  const ids = Array.from({ length: 250 }, () => uuidv7()).toSorted();
  const longAgo = new Date(Date.now() - 3_600_000);
  await owner.reset.createMany({
    data: ids.map((id) => ({
      id,
      reference: id,
      browserHash: new Uint8Array(1),
      next: {},
      source: '127.0.0.1',
      state: 'writing',
      startedAt: longAgo,
      expiresAt: longAgo,
    })),
  });
  // Every other one holds its account firmly.
  await owner.accountClaim.createMany({
    data: ids
      .filter((_, index) => index % 2 === 0)
      .map((resetId) => ({ accountGuid: resetId, resetId, committed: true, expiresAt: longAgo })),
  });
  const gone = ids.at(-1) ?? '';
  const { client, asked } = runsAllBut(gone);
  let after: string | undefined;
  let closed = 0;
  for (let turn = 0; turn < 3; turn++) ({ closed, next: after } = await sweep(worker, client, after));
  assert.equal(closed, 1);
  assert.equal((await owner.reset.findUniqueOrThrow({ where: { id: gone } })).state, 'expired');
  assert.deepEqual(new Set(asked), new Set(ids.map((id) => `reset/${id}`)), 'each was asked for');
  assert.equal(asked.length, ids.length, 'and none twice in one round');
  asked.length = 0;
  await sweep(worker, client, after);
  assert.equal(asked[0], `reset/${ids[0]}`, 'then it begins again');
});
