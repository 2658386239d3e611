import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { guidDn } from '#activities/directory/entry.ts';
import { replaceAttribute } from '#test/directory/change.ts';
import { httpClient } from '#test/support/http-client.ts';
import { freshPassword, newSource, proven, signedIn } from '#test/support/scenes.ts';
import { useWorld } from '#test/support/world.ts';

const NAME = 'Goran Petrović';
// Before the world is closed: the files that follow find him under his own name.
after(() => rename(NAME));
const world = useWorld();

const rename = async (name: string): Promise<void> =>
  replaceAttribute(world.directory, guidDn(await world.people.guid('goran.petrovic')), 'displayName', name);

/** Bangla, Cyrillic, markup, a formula to a spreadsheet, a line end, and a mark that turns the direction. */
const ODD = '=রীতা চৌধুরী Гоце <script>alert(1)</script>&"\'\u202e\nApproved already.';
const SHOWN = '=রীতা চৌধুরী Гоце <script>alert(1)</script>&"\' Approved already.';

test('whatever name the directory has, the reset goes its way, and every page that names them shows it on one line', async () => {
  await rename(ODD);
  const { who } = await proven(world.stack.run, world.people, 'goran.petrovic');
  assert.equal((await who.choose(freshPassword())).status, 202);
  assert.equal((await who.until('done', 'refused')).state, 'done');
  const reset = await world.resetId(who.reference);

  const auditor = await signedIn(world.stack.run, world.people, 'mateo.silva');
  const list = await auditor.get<{ items: { id: string }[] }>('/api/v1/resets?limit=50');
  assert.equal(list.status, 200, list.text);
  const one = await auditor.get(`/api/v1/resets/${reset}`);
  assert.equal(one.status, 200, one.text);
  for (const { text } of [list, one]) {
    assert.ok(text.includes(JSON.stringify(SHOWN).slice(1, -1)), 'as it is shown');
    assert.doesNotMatch(text, /\\nApproved already|\u202e/);
  }
  const found = await auditor.get<{ items: { id: string }[] }>(`/api/v1/resets?account=${encodeURIComponent('চৌধুরী')}`);
  assert.ok(
    found.body.items.some(({ id }) => id === reset),
    found.text,
  );

  const page = httpClient(world.stack.run, newSource());
  assert.equal((await page.get('/')).status, 200);
});
