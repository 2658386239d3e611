import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Controller } from '#activities/directory/connect.ts';
import { done, doneNotEverywhere } from '#domain/next.ts';
import { identities } from '#ops/setup/identities.ts';
import { ownedFile } from '#ops/setup/owned-files.ts';
import { passwordVersion } from '#test/support/directory.ts';
import { freshPassword, proven } from '#test/support/scenes.ts';
import { useWorld } from '#test/support/world.ts';

const world = useWorld();
/** Those that write, and watch what was written. */
const PARTS = ['writer-staff', 'verifier'] as const;

interface Settings {
  directory: { controllers: Controller[] };
}

async function tell(change: (controllers: Controller[]) => Controller[]): Promise<void> {
  for (const part of PARTS) {
    const file = join(world.stack.state, part, 'settings.json');
    const { directory, ...rest } = JSON.parse(readFileSync(file, 'utf8')) as Settings;
    const text = JSON.stringify({ ...rest, directory: { ...directory, controllers: change(directory.controllers) } });
    ownedFile(file, text, identities()[part]);
    await world.stack.kill(part, 'SIGTERM');
    await world.stack.restart(part);
  }
}

/** A reset while the site has a second controller: what its person read last, and what was recorded of the arrival. */
async function resetBeside(
  account: string,
  second: (first: Controller) => Controller,
): Promise<{ message: string; outcome: string; said: object }> {
  await tell(([first, ...rest]) => [first!, second(first!), ...rest]);
  try {
    const { who } = await proven(world.stack.run, world.people, account);
    assert.equal((await who.choose(freshPassword())).status, 202);
    const { state, next } = await who.until('done', 'refused', 'expired');
    assert.equal(state, 'done');
    const reset = await world.resetId(who.reference);
    const [leaf] = await world.people.sql<{ outcome: string; body: string }>(
      `SELECT outcome, body FROM leaf WHERE reset_id = $1 AND type = 'write.replicated'`,
      [reset],
    );
    assert.ok(leaf);
    const { version, arrived, onItsWay, silent } = (JSON.parse(leaf.body) as { do: Record<string, number> }).do;
    return { message: next.message, outcome: leaf.outcome, said: { version, arrived, onItsWay, silent } };
  } finally {
    await tell(([first, , ...rest]) => [first!, ...rest]);
  }
}

test('a new password that is seen at the other controller too is told as done', async () => {
  // The same controller under another spelling of its address: what was written at one is at the other.
  const told = await resetBeside('alice.moreau', ({ url, servername }) => ({ url: url.replace(/:636$/, ':0636'), servername }));
  const version = await passwordVersion(world.directory, 'alice.moreau');
  assert.deepEqual(told, { message: done.message, outcome: 'success', said: { version, arrived: 1, onItsWay: 0, silent: 0 } });
});

test('a new password of which another controller says nothing is told as done here, and nobody waits for the dead one', async () => {
  const told = await resetBeside('goran.petrovic', ({ url, servername }) => ({ url: url.replace(/:636$/, ':1'), servername }));
  const version = await passwordVersion(world.directory, 'goran.petrovic');
  assert.deepEqual(told, { message: doneNotEverywhere.message, outcome: 'unknown', said: { version, arrived: 0, onItsWay: 0, silent: 1 } });
});
