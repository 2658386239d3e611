import assert from 'node:assert/strict';
import { test } from 'node:test';
import { passwordVersion } from '#test/support/directory.ts';
import { patiently, unlessGap } from '#test/support/patiently.ts';
import { decide, freshPassword, inboxItem, proven, signedIn } from '#test/support/scenes.ts';
import type { PartName } from '#test/support/stack.ts';
import { useWorld } from '#test/support/world.ts';

const world = useWorld();

test('a reset parked at its approval survives kill -9 of every part, and goes on', async () => {
  const { stack, people, directory } = world;
  const version = await passwordVersion(directory, 'rosa.klein');
  const { who, next } = await proven(stack.run, people, 'rosa.klein');
  assert.deepEqual([next.step, next.for], ['wait', 'manager']);

  const parts: PartName[] = ['temporal', 'postgres', 'directory', 'worker', 'verifier', 'writer-privileged', 'api'];
  for (const part of parts) {
    await stack.kill(part, 'SIGKILL');
    await stack.restart(part);
  }
  // Whatever was open to a killed part is opened anew; the first tries may meet the gap.
  const ines = await patiently(() => signedIn(stack.run, people, 'ines.duarte'));
  const first = await patiently(async () => (await inboxItem(ines, who.reference)) ?? assert.fail('not in the inbox'));
  assert.equal((await patiently(() => decide(ines, people, 'ines.duarte', first.id, 'approve').then(unlessGap))).status, 200);
  const quentin = await signedIn(stack.run, people, 'quentin.roux');
  const second = await inboxItem(quentin, who.reference);
  assert.ok(second);
  assert.equal((await decide(quentin, people, 'quentin.roux', second.id, 'approve')).status, 200);
  assert.equal((await who.until('choosing-password', 'refused')).state, 'choosing-password');
  const password = freshPassword();
  assert.equal((await who.choose(password)).status, 202);
  assert.equal((await who.until('done', 'refused')).state, 'done');
  assert.equal((await people.bind('rosa.klein', password)).answer, 'ok');
  assert.equal(await passwordVersion(directory, 'rosa.klein'), version + 1);
});
