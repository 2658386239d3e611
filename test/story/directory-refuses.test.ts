import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Attribute, Change } from 'ldapts';
import { passwordVersion } from '#test/support/directory.ts';
import { minimumLength } from '#test/support/minimum-length.ts';
import { freshPassword, proven } from '#test/support/scenes.ts';
import { useWorld } from '#test/support/world.ts';

const world = useWorld();

test('the directory has become stricter meanwhile: its no is told in words, and the next choice is written', async () => {
  const version = await passwordVersion(world.directory, 'alice.moreau');
  const { who } = await proven(world.stack.run, world.people, 'alice.moreau');
  await minimumLength(world.directory, 30);
  try {
    assert.equal((await who.choose(freshPassword())).status, 202, 'what was known when the account was named allows it');
    const refused = await who.until('choosing-password', 'done', 'refused');
    assert.deepEqual([refused.state, refused.next.reasons], ['choosing-password', ['too-short']]);
    assert.equal(await passwordVersion(world.directory, 'alice.moreau'), version, 'nothing was changed');
  } finally {
    await minimumLength(world.directory, 8);
  }
  const password = freshPassword();
  assert.equal((await who.choose(password)).status, 202);
  assert.equal((await who.until('done', 'refused')).state, 'done');
  assert.equal((await world.people.bind('alice.moreau', password)).answer, 'ok');
  assert.equal(await passwordVersion(world.directory, 'alice.moreau'), version + 1);

  const leaves = await world.people.sql<{ type: string; outcome: string }>(
    `SELECT type, outcome FROM leaf WHERE reset_id = (SELECT id FROM reset WHERE reference = $1) AND type LIKE 'write.%' ORDER BY seq`,
    [who.reference],
  );
  assert.deepEqual(
    leaves.map((l) => `${l.type} ${l.outcome}`),
    ['write.started started', 'write.result denied', 'write.started started', 'write.result success', 'write.verified success'],
  );
});

test('an account that was disabled after its proof is not written, and the reset says that it changed', async () => {
  const { who } = await proven(world.stack.run, world.people, 'bilal.osman');
  const guid = await world.people.guid('bilal.osman');
  const control = (value: number) =>
    world.directory.write((session) =>
      session.modify(`<GUID=${guid}>`, [
        new Change({ operation: 'replace', modification: new Attribute({ type: 'userAccountControl', values: [String(value)] }) }),
      ]),
    );
  const version = await passwordVersion(world.directory, 'bilal.osman');
  await control(0x202);
  try {
    assert.equal((await who.choose(freshPassword())).status, 202);
    assert.equal((await who.until('refused', 'done')).next.code, 'account-disabled');
    assert.equal(await passwordVersion(world.directory, 'bilal.osman'), version);
  } finally {
    await control(0x200);
  }
});
