import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { historyOf } from '#test/bench/histories.ts';
import { freshPassword, proven } from '#test/support/scenes.ts';
import { askedFor, countStatements, type StatementCounter } from '#test/support/statements.ts';
import { useWorld } from '#test/support/world.ts';

let counter: StatementCounter;
const world = useWorld(async ({ stack }) => {
  counter = await countStatements(stack.state);
});
after(() => counter?.close());

/**
 * The most that one standard reset may ask of the database: counted, since times depend on the machine. A little above what
 * was reached, since what follows from resets before it goes on beside it. How many checkpoints the notary makes meanwhile
 * is a matter of time, and is told in test/log/turns.test.ts.
 */
const MOST: Record<string, { statements: number; transactions: number }> = {
  verifier: { statements: 92, transactions: 8 },
  worker: { statements: 46, transactions: 12 },
  writer_staff: { statements: 44, transactions: 4 },
};
/** The most steps that it may have at Temporal. */
const STEPS = { 'ordinary activities': 8, 'local activities': 9, updates: 4 } as const;

test('a standard reset asks no more of the database and of Temporal than it did', async () => {
  const accounts = ['bilal.osman', 'goran.petrovic', 'fatima.noor'];
  // New codes are enrolled before anything is counted.
  for (const account of accounts) await world.people.recoveryCode(account);
  let reset = '';
  const asked = await askedFor(
    counter,
    async () => {
      const { who } = await proven(world.stack.run, world.people, accounts.shift() ?? '');
      assert.equal((await who.choose(freshPassword())).status, 202);
      reset = await world.resetId(who.reference);
      assert.equal(await world.temporal.client.workflow.getHandle(`reset/${reset}`).result(), 'done');
      who.close();
    },
    accounts.length,
  );
  console.table(asked);
  for (const { process, statements, transactions } of asked) {
    const most = MOST[process];
    if (!most) continue;
    assert.ok(statements <= most.statements, `${process}: ${statements} statements, at most ${most.statements}`);
    assert.ok(transactions <= most.transactions, `${process}: ${transactions} transactions, at most ${most.transactions}`);
  }
  const { events, shape } = await historyOf(world.temporal.client, `reset/${reset}`);
  console.log(`${events} events: ${JSON.stringify(shape)}`);
  for (const [kind, most] of Object.entries(STEPS) as [keyof typeof STEPS, number][])
    assert.ok(shape[kind] <= most, `${shape[kind]} ${kind}, at most ${most}`);
});
