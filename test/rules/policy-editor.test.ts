import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { placeAt, placeOfName } from '../../admin-ui/policies/place-in-text.ts';
import { explained, settingsAt, valuesAt, type Schema } from '../../admin-ui/policies/schema-help.ts';
import { demoPolicyFile } from '#ops/setup/policy.ts';
import { policyJsonSchema } from '#prisma/policy-schema.ts';

const demo = readFileSync(demoPolicyFile, 'utf8');
const schema = policyJsonSchema() as Schema;
/** The text without its mark, and where the mark stood. */
function at(marked: string): [string, number] {
  const offset = marked.indexOf('¦');
  assert.ok(offset >= 0);
  return [marked.replace('¦', ''), offset];
}

test('the setting under the cursor is found in blocks, lists and braces', () => {
  for (const [marked, place] of [
    ['na¦me: Bank\n', ['name']],
    ['rules:\n  - id: one\n    when: { prot¦ected: true }\n', ['rules', 0, 'when', 'protected']],
    [
      'rules:\n  - id: one\n  - id: two\n    approvals:\n      - { label: a, by: { gro¦up: x } }\n',
      ['rules', 1, 'approvals', 0, 'by', 'group'],
    ],
    ['timers:\n  unproven: 1¦0m # from the name\n', ['timers', 'unproven']],
    ['# a com¦ment\nname: x\n', []],
  ] as const)
    assert.deepEqual(placeAt(...at(marked)), place, marked);
});

test('a name that is being written is completed by what may stand there and does not yet', () => {
  for (const [marked, under, beside] of [
    ['name: Bank\nser¦\n', [], ['name']],
    ['timers:\n  unproven: 10m\n  app¦\n', ['timers'], ['unproven']],
    ['rules:\n  - id: one\n    wh¦\n', ['rules', 0], ['id']],
    ['rules:\n  - id: one\n    when: { pro¦ }\n', ['rules', 0, 'when'], []],
  ] as const) {
    const [text, offset] = at(marked);
    const from = text.slice(0, offset).search(/\w*$/);
    assert.deepEqual(placeOfName(text, from, offset), { under, beside }, marked);
  }
  const names = settingsAt(schema, ['rules', 0]).map(({ name }) => name);
  for (const name of ['id', 'when', 'accept', 'approvals']) assert.ok(names.includes(name), name);
  assert.ok(valuesAt(schema, ['rules', 0, 'accept', 0, 'factors', 0]).includes('totp'));
  assert.deepEqual(settingsAt(schema, ['no such place']), []);
});

test('every setting that a policy may have is explained', () => {
  const silent: string[] = [];
  const visit = (place: (string | number)[], depth: number): void => {
    for (const { name, description } of settingsAt(schema, place)) {
      const here = [...place, name];
      if (description === undefined) silent.push(here.join('.'));
      if (depth > 0) for (const next of [here, [...here, 0], [...here, 'x']]) visit(next, depth - 1);
    }
  };
  visit([], 5);
  assert.deepEqual([...new Set(silent)].toSorted(), []);
  const [text, offset] = at(demo.replace('choosePassword', 'choose¦Password'));
  assert.match(explained(schema, placeAt(text, offset))?.description ?? '', /password/);
});
