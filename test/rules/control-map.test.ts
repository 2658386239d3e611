import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { FRAMEWORKS, SERVE_NO_CLAUSE } from '#audit/control-map.ts';
import type { Control, Framework } from '#audit/controls/control.ts';
import { LEAF_TYPES } from '#domain/leaf-types.ts';
import { root } from '#ops/paths.ts';

/**
 * The control map against what it names. The judgement is a function, so that it is seen to find a bent map too: a map
 * that nobody can break would prove nothing.
 */
function faultsOf(frameworks: readonly Framework[], serveNone: Partial<Record<string, string>>): string[] {
  const rows = frameworks.flatMap(({ id, controls }) => controls.map((row) => ({ at: `${id} ${row.clause}`, row })));
  const named = new Set<string>(rows.flatMap(({ row }) => row.leaves));
  return [
    ...rows.filter(({ at }, index) => rows.findIndex((other) => other.at === at) !== index).map(({ at }) => `${at} stands twice`),
    ...rows.flatMap(({ at, row }) => [...leafFaults(row), ...proofFaults(row), ...wordFaults(row)].map((fault) => `${at}: ${fault}`)),
    ...Object.keys(LEAF_TYPES).flatMap((type) => {
      if (named.has(type)) return serveNone[type] === undefined ? [] : [`${type} serves a clause and is said to serve none`];
      return serveNone[type] ? [] : [`${type} serves no clause, and no reason is given`];
    }),
    ...Object.keys(serveNone).flatMap((type) => (Object.hasOwn(LEAF_TYPES, type) ? [] : [`${type} is no kind of leaf`])),
  ];
}

function leafFaults({ leaves, ...row }: Control): string[] {
  const unknown = leaves.filter((type) => !Object.hasOwn(LEAF_TYPES, type)).map((type) => `${type} is no kind of leaf`);
  const doubled = new Set(leaves).size === leaves.length ? [] : ['names a kind of leaf twice'];
  const without = leaves.length === 0 && !('testOnly' in row && row.testOnly) ? ['has no leaf and does not say why'] : [];
  return [...unknown, ...doubled, ...without];
}

function proofFaults({ tests }: Control): string[] {
  if (tests.length === 0) return ['has no test'];
  return tests.flatMap(({ file, title }) => {
    if (!/^test\/.*\.test\.ts$/.test(file) || !existsSync(join(root, file))) return [`there is no test file ${file}`];
    return titlesIn(readFileSync(join(root, file), 'utf8')).has(title) ? [] : [`${file} has no test "${title}"`];
  });
}

function wordFaults({ clause, requirement, how, status, bank, conflict }: Control): string[] {
  const sentences = [requirement, how, ...(bank === undefined ? [] : [bank]), ...(conflict === undefined ? [] : [conflict])];
  return [
    ...(/\S/.test(clause) ? [] : ['has no clause']),
    ...sentences.filter((said) => !/^\S.*[.]$/s.test(said)).map((said) => `"${said}" is no sentence`),
    ...(status !== 'met' && !bank ? ['does not say what the bank has to do'] : []),
  ];
}

/** Titles that a test file gives its tests as plain texts: those that are put together when it runs cannot be named. */
function titlesIn(source: string): Set<string> {
  const found = source.matchAll(/^\s*(?:await )?test\(\s*(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)")/gm);
  return new Set([...found].map(([, single, double]) => (single ?? double ?? '').replace(/\\(.)/g, '$1')));
}

test('every row of the control map names a clause once, leaves of the catalogue, tests that exist, and who does the rest', () => {
  assert.deepEqual(faultsOf(FRAMEWORKS, SERVE_NO_CLAUSE), []);
  assert.deepEqual(
    FRAMEWORKS.map(({ id }) => id),
    ['rbi', 'iso-27001', 'nist-63b', 'pci-dss'],
  );
  console.log(FRAMEWORKS.map(({ id, controls }) => `${id}: ${controls.length} rows`).join(', '));
});

test('where NIST and PCI ask for opposite things, both rows say so', () => {
  const conflicts = FRAMEWORKS.flatMap(({ id, controls }) =>
    controls.flatMap(({ clause, conflict }) => (conflict ? [`${id} ${clause}`] : [])),
  );
  assert.deepEqual(conflicts.toSorted(), [
    'nist-63b 3.1.1.2(5)',
    'nist-63b 3.1.1.2(6)',
    'nist-63b 3.2.2',
    'pci-dss 8.3.4',
    'pci-dss 8.3.6',
    'pci-dss 8.3.9',
  ]);
});

test('a map with one fault is found out, whichever it is', () => {
  const [first, ...others] = FRAMEWORKS;
  assert.ok(first);
  const [row, ...rows] = first.controls;
  assert.ok(row);
  const [proof] = row.tests;
  const bent: [expected: RegExp, changed: object][] = [
    [/made\.up is no kind of leaf/, { leaves: ['made.up'] }],
    [/has no leaf and does not say why/, { leaves: [] }],
    [/has no test$/, { tests: [] }],
    [/there is no test file test\/rules\/gone\.test\.ts/, { tests: [{ ...proof, file: 'test/rules/gone.test.ts' }] }],
    [/there is no test file audit\/control-map\.ts/, { tests: [{ ...proof, file: 'audit/control-map.ts' }] }],
    [/has no test "almost/, { tests: [{ ...proof, title: `almost ${proof.title}` }] }],
    [/does not say what the bank has to do/, { status: 'bank', bank: undefined }],
    [/stands twice/, { clause: rows[0]?.clause }],
    [/is no sentence/, { how: 'it is' }],
  ];
  for (const [expected, changed] of bent) {
    const controls = [{ ...row, ...changed } as Control, ...rows];
    const faults = faultsOf([{ ...first, controls }, ...others], SERVE_NO_CLAUSE);
    assert.ok(
      faults.some((fault) => expected.test(fault)),
      `${expected}: ${faults.join('; ') || 'nothing was found'}`,
    );
  }
  assert.match(faultsOf(FRAMEWORKS, {}).join(), /account\.released serves no clause/);
  assert.match(faultsOf([], SERVE_NO_CLAUSE).join(), /intent serves no clause/);
  assert.match(faultsOf(FRAMEWORKS, { ...SERVE_NO_CLAUSE, intent: 'none' }).join(), /intent serves a clause and is said to serve none/);
});
