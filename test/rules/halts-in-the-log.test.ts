import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { haltProblems, type HaltEvent, type KeptAct } from '#ops/live-audit/halts.ts';
import type { Halt, HaltBy } from '#domain/halt.ts';

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
const kept = (by: HaltBy | undefined) => new Map<string, KeptAct>([...texts].map(([id, text]) => [id, { text, by }]));
const found = (events: HaltEvent[], rows: ReadonlyMap<string, KeptAct> = kept('keys')): string[] =>
  haltProblems(events, rows).map(({ said }) => said);

test('writes before a stop, after it was lifted, and of accounts that it leaves alone are in order', () => {
  assert.deepEqual(found([write(1, 'protected'), act(2, 'privileged'), write(3, 'other'), act(4, 'nothing'), write(5, 'protected')]), []);
});

test('a write that was started during a stop is named with the leaf that had halted it', () => {
  assert.match(found([act(2, 'privileged'), write(3, 'protected')]).join(), /leaf 3: .* leaf 2 had halted/);
  assert.match(found([act(2, 'privileged'), act(4, 'all'), write(5, 'other')]).join(), /leaf 5: .* leaf 4 had halted/);
});

test('an act whose row was deleted or changed afterwards is found by its leaf', () => {
  for (const rows of [new Map(), new Map([['stop', { text: 'both said lift', by: 'keys' as const }]]), kept(undefined)])
    assert.match(found([act(2, 'all')], rows).join(), /leaf 2: .* not in the database as they signed it/);
});

test('a stop that was lifted without the keys of two officers is found, but for one of a release before keys', () => {
  const lifted = [act(2, 'all'), act(4, 'nothing')];
  assert.match(found(lifted, kept('codes')).join(), /leaf 4: a stop was lifted, and two officers have not signed/);
  assert.deepEqual(found(lifted, kept('before-keys')), []);
  const old = new Map([...kept('keys'), ['lift', { text: texts.get('lift') ?? '', by: 'before-keys' as const }]]);
  assert.match(found(lifted, old).join(), /leaf 4/, 'nothing of the release before comes after one with keys');
  assert.deepEqual(found([act(2, 'privileged'), act(4, 'all')], kept('codes')), [], 'what halts more needs no key');
});
