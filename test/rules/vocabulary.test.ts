import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LEAF_TYPES } from '#domain/leaf-types.ts';
import { isTerminal, mayMove, RESET_STATES, TRANSITIONS, type ResetState } from '#domain/reset-state.ts';
import { PASSWORD_REASONS, REFUSALS } from '#domain/refusals.ts';

const root = new URL('../../', import.meta.url).pathname;

function sources(folder: string): string[] {
  return readdirSync(join(root, folder)).flatMap((name) => {
    const path = join(folder, name);
    if (['node_modules', 'generated', 'dist'].includes(name)) return [];
    if (statSync(join(root, path)).isDirectory()) return sources(path);
    return /\.tsx?$/.test(name) ? [path] : [];
  });
}

test('every state can be reached, and terminal states have no way out', () => {
  const reached = new Set<ResetState>(['proving']);
  for (const state of reached) for (const next of TRANSITIONS[state]) reached.add(next);
  assert.deepEqual([...reached].sort(), [...RESET_STATES].sort());
  assert.deepEqual(RESET_STATES.filter(isTerminal).sort(), ['cancelled', 'done', 'expired', 'refused']);
  assert.equal(mayMove('choosing-password', 'done'), false, 'nobody is told "done" without a write that was verified');
});

test('every refusal and password reason is a sentence that says what to do, and none tells whether an account exists', () => {
  for (const [code, { words, status }] of Object.entries(REFUSALS)) {
    assert.match(words, /^[A-Z].*[.!]$/, code);
    assert.ok(status >= 400 && status < 600, code);
    assert.doesNotMatch(words, /does not exist|unknown account|no such account/i, code);
  }
  for (const words of Object.values(PASSWORD_REASONS)) assert.match(words, /^[A-Z].*\.$/);
});

test('every leaf type is written somewhere, and nothing writes one that the table lacks', () => {
  const code = ['workflows', 'activities', 'api', 'prisma', 'log', 'ops']
    .flatMap(sources)
    .map((path) => readFileSync(join(root, path), 'utf8'))
    .join('\n');
  const unwritten = Object.keys(LEAF_TYPES).filter((type) => !code.includes(`'${type}'`));
  assert.deepEqual(unwritten, []);
});
