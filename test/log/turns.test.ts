import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTurns } from '#log/notary/turns.ts';

/** Turns that take what waits, counted. */
function counted() {
  const taken: number[] = [];
  let waiting = 0;
  let next = Promise.withResolvers<void>();
  const turns = createTurns(
    async () => {
      taken.push(waiting);
      waiting = 0;
      next.resolve();
      next = Promise.withResolvers<void>();
      return 'idle';
    },
    { warn: () => undefined },
  );
  return {
    turns,
    taken,
    turn: () => next.promise,
    leaf: (forSomebody?: boolean): void => {
      waiting += 1;
      turns.wake(forSomebody);
    },
  };
}

/** Everything that needs no time has happened. */
const settled = async (): Promise<void> => {
  for (let round = 0; round < 5; round++) await new Promise((resolve) => setImmediate(resolve));
};

test('leaves for which nobody waits are taken together, and an intent takes what waits with it at once', async () => {
  const { turns, taken, turn, leaf } = counted();
  await settled();
  assert.deepEqual(taken, [0], 'it looks at once when it starts');

  for (let at = 0; at < 3; at++) {
    const before = turn();
    const began = performance.now();
    leaf();
    await settled();
    leaf();
    await settled();
    // On a machine that stood still meanwhile the moment is over.
    if (performance.now() - began < 200) assert.equal(taken.length, at + 1, 'nobody waits for them');
    await before;
    await settled();
  }
  assert.equal(
    taken.reduce((sum, one) => sum + one, 0),
    6,
    'by itself it took all of them',
  );

  const before = taken.length;
  leaf();
  leaf(true);
  await settled();
  assert.equal(taken.length, before + 1);
  assert.equal(taken.at(-1), 2, 'what waited beside the intent came with it');

  leaf();
  await settled();
  turns.end();
  await turns.ended;
  assert.equal(taken.length, before + 1, 'its end is not put off by what is gathered; who ends it takes the last turn');
});
