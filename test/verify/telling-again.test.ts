import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Client } from '@temporalio/client';
import type { TellAsked } from '#activities/telling-contract.ts';
import { tellOnce } from '#activities/record/start-telling.ts';
import { uuidv7 } from '#prisma/uuid.ts';
import { useDatabase } from '#test/support/database.ts';

const database = await useDatabase();
const owner = database.as('superuser');
const worker = database.as('worker');
const ONE = { workflow: 'tellPeople', id: 'tell/people', taskQueue: 'reset' };

/** Temporal, as far as a turn asks it: what it is given, while nobody is ever told. */
const given: string[][] = [];
const client = {
  workflow: {
    start: (_: string, { args }: { args: [{ tellings: TellAsked[] }] }) => {
      given.push(args[0].tellings.map((one) => ('reset' in one ? one.reset : one.factors)));
      return Promise.resolve();
    },
  },
} as unknown as Pick<Client, 'workflow'>; // all that a turn asks of it

async function ask(count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => uuidv7());
  await owner.reset.createMany({
    data: ids.map((id) => ({ id, reference: id, browserHash: new Uint8Array(1), next: {}, source: '127.0.0.1' })),
  });
  await owner.telling.createMany({ data: ids.map((resetId) => ({ resetId, moment: 'ended' })) });
  return ids;
}

/** All that waits was put off by so much already. */
const passes = (minutes: number) =>
  owner.$executeRaw`UPDATE telling SET again_at = again_at - ${minutes} * interval '1 minute' WHERE tries > 0`;

async function turn(): Promise<string[]> {
  given.length = 0;
  await tellOnce(worker, client, ONE);
  return given.flat();
}

test('what nobody can be told of is tried ever more seldom, and never before what was not tried yet', async () => {
  const never = await ask(60);
  assert.equal((await turn()).length, 50);
  assert.equal((await turn()).length, 10);
  assert.deepEqual(await turn(), [], 'each waits for its minute');
  await passes(1);
  const fresh = await ask(1);
  assert.equal((await turn())[0], fresh[0], 'what is new comes first');
  assert.equal((await turn()).length, 11);
  await passes(1);
  assert.deepEqual(await turn(), fresh, 'the second time the others wait for two minutes');
  const waits: number[] = [];
  for (let tries = 0; tries < 9; tries++) {
    const row = await owner.telling.findFirstOrThrow({ where: { resetId: never[0] ?? '' } });
    waits.push(Math.round((row.againAt.getTime() - Date.now()) / 60_000));
    await passes(60);
    for (let left = (await turn()).length; left > 0;) left = (await turn()).length;
  }
  assert.deepEqual(waits, [1, 4, 8, 16, 32, 60, 60, 60, 60]);
});

test('what was told, by whoever told it, is not tried again', async () => {
  const [told = ''] = await ask(1);
  assert.ok((await turn()).includes(told));
  await database.as('verifier').telling.updateMany({ where: { resetId: told }, data: { doneAt: new Date() } });
  await passes(600);
  assert.ok(!(await turn()).includes(told));
});
