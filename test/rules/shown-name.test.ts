import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shownName } from '#domain/shown-name.ts';

test('a name is shown on one line, in its own direction, and otherwise as the directory has it', () => {
  assert.equal(shownName('Ada\nIt is approved already.'), 'Ada It is approved already.');
  assert.equal(shownName('Ada\r\n\u2028Example\u0000'), 'Ada Example');
  assert.equal(shownName('Ada \u202eelpmaxE\u202c'), 'Ada elpmaxE');
  for (const name of ['রীতা চৌধুরী', 'র\u200d্যাব', 'Гоце Делчев', 'O\'Hara <b>&"', 'Zoë', '莎拉']) assert.equal(shownName(name), name);
  for (const nothing of [undefined, '', ' \n', '\u202e']) assert.equal(shownName(nothing), undefined);
});
