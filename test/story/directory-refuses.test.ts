import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Attribute, Change } from 'ldapts';
import type { Directory } from '#activities/directory/connect.ts';
import { demoDomain } from '#ops/directory/names.ts';
import { asAdministrator, passwordVersion } from '#test/support/directory.ts';
import { cast, type Cast } from '#test/support/people.ts';
import { freshPassword, proven } from '#test/support/scenes.ts';
import { useStack, type TestStack } from '#test/support/stack.ts';

let stack: TestStack;
let people: Cast;
let directory: Directory;

before(async () => {
  stack = await useStack();
  people = await cast(stack.state);
  directory = asAdministrator(stack.state);
});
after(async () => {
  await directory?.close();
  await people?.close();
});

function minimumLength(length: number): Promise<void> {
  const change = new Change({ operation: 'replace', modification: new Attribute({ type: 'minPwdLength', values: [String(length)] }) });
  return directory.write((session) => session.modify(demoDomain.baseDn, [change]));
}

test('the directory has become stricter meanwhile: its no is told in words, and the next choice is written', async () => {
  const version = await passwordVersion(directory, 'alice.moreau');
  const { who } = await proven(stack.run, people, 'alice.moreau');
  await minimumLength(30);
  try {
    assert.equal((await who.choose(freshPassword())).status, 202, 'what was known when the account was named allows it');
    const refused = await who.until('choosing-password', 'done', 'refused');
    assert.deepEqual([refused.state, refused.next.reasons], ['choosing-password', ['too-short']]);
    assert.equal(await passwordVersion(directory, 'alice.moreau'), version, 'nothing was changed');
  } finally {
    await minimumLength(8);
  }
  const password = freshPassword();
  assert.equal((await who.choose(password)).status, 202);
  assert.equal((await who.until('done', 'refused')).state, 'done');
  assert.equal((await people.bind('alice.moreau', password)).answer, 'ok');
  assert.equal(await passwordVersion(directory, 'alice.moreau'), version + 1);

  const leaves = await people.sql<{ type: string; outcome: string }>(
    `SELECT type, outcome FROM leaf WHERE reset_id = (SELECT id FROM reset WHERE reference = $1) AND type LIKE 'write.%' ORDER BY seq`,
    [who.reference],
  );
  assert.deepEqual(leaves.map((l) => `${l.type} ${l.outcome}`), ['write.started started', 'write.result denied', 'write.started started', 'write.result success', 'write.verified success']);
});

test('an account that was disabled after its proof is not written, and the reset says that it changed', async () => {
  const { who } = await proven(stack.run, people, 'bilal.osman');
  const guid = await people.guid('bilal.osman');
  const control = (value: number) =>
    directory.write((session) => session.modify(`<GUID=${guid}>`, [new Change({ operation: 'replace', modification: new Attribute({ type: 'userAccountControl', values: [String(value)] }) })]));
  const version = await passwordVersion(directory, 'bilal.osman');
  await control(0x202);
  try {
    assert.equal((await who.choose(freshPassword())).status, 202);
    assert.equal((await who.until('refused', 'done')).next.code, 'account-disabled');
    assert.equal(await passwordVersion(directory, 'bilal.osman'), version);
  } finally {
    await control(0x200);
  }
});
