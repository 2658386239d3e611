import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { haltProblems, type HaltEvent } from '#ops/live-audit/halts.ts';
import type { Halt } from '#domain/halt.ts';

const signed = (text: string): string => createHash('sha256').update(text).digest('hex');
const texts = new Map([
  ['stop', 'both said stop'],
  ['lift', 'both said lift'],
]);
const act = (index: number, halts: Halt): HaltEvent => {
  const name = halts === 'nothing' ? 'lift' : 'stop';
  return { index: BigInt(index), halts, act: name, signed: signed(texts.get(name) ?? '') };
};
const write = (index: number, writes: 'protected' | 'other'): HaltEvent => ({ index: BigInt(index), writes });
const found = (events: HaltEvent[], rows: ReadonlyMap<string, string> = texts): string[] =>
  haltProblems(events, rows).map(({ said }) => said);

test('writes before a stop, after it was lifted, and of accounts that it leaves alone are in order', () => {
  assert.deepEqual(found([write(1, 'protected'), act(2, 'privileged'), write(3, 'other'), act(4, 'nothing'), write(5, 'protected')]), []);
});

test('a write that was started during a stop is named with the leaf that had halted it', () => {
  assert.match(found([act(2, 'privileged'), write(3, 'protected')]).join(), /leaf 3: .* leaf 2 had halted/);
  assert.match(found([act(2, 'privileged'), act(4, 'all'), write(5, 'other')]).join(), /leaf 5: .* leaf 4 had halted/);
});

test('an act whose row was deleted or changed afterwards is found by its leaf', () => {
  for (const rows of [new Map(), new Map([['stop', 'both said lift']])])
    assert.match(found([act(2, 'all')], rows).join(), /leaf 2: .* not in the database as they signed it/);
});
