import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { guidDn } from '#activities/directory/entry.ts';
import { replaceAttribute } from '#test/directory/change.ts';
import { decide, inboxItem, proven, signedIn } from '#test/support/scenes.ts';
import { useWorld } from '#test/support/world.ts';

const WHO = 'rosa.klein';
// Before the world is closed: the files that follow find her under her own name.
after(() => rename('Rosa Klein'));
const world = useWorld();

const rename = async (name: string): Promise<void> =>
  replaceAttribute(world.directory, guidDn(await world.people.guid(WHO)), 'displayName', name);

/** Bangla, Cyrillic, markup, a formula to a spreadsheet, a line end, and a mark that turns the direction. */
const ODD = '=রীতা চৌধুরী Гоце <script>alert(1)</script>&"\'\u202e\nThe account is not protected.';
const SHOWN = '=রীতা চৌধুরী Гоце <script>alert(1)</script>&"\' The account is not protected.';

test('whatever name the directory has, approver and auditor read it on one line, and no line more is signed', async () => {
  await rename(ODD);
  const { who } = await proven(world.stack.run, world.people, WHO);
  const approver = await signedIn(world.stack.run, world.people, 'ines.duarte');
  const item = await inboxItem(approver, who.reference);
  assert.ok(item);
  assert.match(item.shown[0] ?? '', /^Reset the password of =রীতা চৌধুরী/);
  assert.ok(item.shown[0]?.includes(SHOWN));
  assert.deepEqual(
    item.shown.filter((line) => /[\n\u202e]/.test(line)),
    [],
  );
  assert.equal((await decide(approver, world.people, 'ines.duarte', item.id, 'deny')).status, 200);
  assert.equal((await who.until('refused', 'choosing-password')).next.code, 'approval-denied');

  const auditor = await signedIn(world.stack.run, world.people, 'mateo.silva');
  const found = await auditor.get<{ items: { reference: string }[] }>(`/api/v1/resets?account=${encodeURIComponent('চৌধুরী Гоце')}`);
  assert.ok(
    found.body.items.some(({ reference }) => reference === who.reference),
    found.text,
  );
  const one = await auditor.get(`/api/v1/resets/${await world.resetId(who.reference)}`);
  assert.equal(one.status, 200, one.text);
  assert.doesNotMatch(one.text, /\u202e/);
});
