import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Attribute, Change } from 'ldapts';
import { demoDomain } from '#ops/directory/names.ts';
import { decide, freshPassword, inboxItem, proven, signedIn } from '#test/support/scenes.ts';
import { useWorld } from '#test/support/world.ts';

const world = useWorld();

function minimumLength(length: number): Promise<void> {
  const change = new Change({ operation: 'replace', modification: new Attribute({ type: 'minPwdLength', values: [String(length)] }) });
  return world.directory.write((session) => session.modify(demoDomain.baseDn, [change]));
}

test('what the directory refuses after two people have approved is chosen again, and nobody has to approve again', async () => {
  const { stack, people } = world;
  const { who } = await proven(stack.run, people, 'rosa.klein');
  for (const approver of ['ines.duarte', 'quentin.roux'] as const) {
    const http = await signedIn(stack.run, people, approver);
    const item = await inboxItem(http, who.reference);
    assert.ok(item);
    assert.equal((await decide(http, people, approver, item.id, 'approve')).status, 200);
  }
  assert.equal((await who.until('choosing-password', 'refused')).state, 'choosing-password');
  await minimumLength(30);
  try {
    assert.equal((await who.choose(freshPassword())).status, 202);
    const refused = await who.until('choosing-password', 'done', 'refused');
    assert.deepEqual([refused.state, refused.next.reasons], ['choosing-password', ['too-short']]);
  } finally {
    await minimumLength(8);
  }
  const password = freshPassword();
  assert.equal((await who.choose(password)).status, 202);
  assert.equal((await who.until('done', 'refused')).state, 'done');
  assert.equal((await people.bind('rosa.klein', password)).answer, 'ok');
  const leaves = await people.sql<{ type: string; n: number }>(
    `SELECT type, count(*)::int AS n FROM leaf WHERE reset_id = (SELECT id FROM reset WHERE reference = $1)
       AND type IN ('approval.requested', 'approval.decided', 'intent') GROUP BY type ORDER BY type`,
    [who.reference],
  );
  assert.deepEqual(leaves, [
    { type: 'approval.decided', n: 2 },
    { type: 'approval.requested', n: 1 },
    { type: 'intent', n: 2 },
  ]);
});
