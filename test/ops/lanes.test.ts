import assert from 'node:assert/strict';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { after, test } from 'node:test';
import { root } from '#ops/paths.ts';
import { lanesOf } from '#ops/test-run/lanes.ts';
import { loadedFiles } from '#ops/test-run/loaded-files.ts';

/** A checkout of a few files, whose `#test/` are its own and whose way to the stack is the real one. */
const checkout = mkdtempSync(join(tmpdir(), 'countersign-lanes-'));
after(() => rmSync(checkout, { recursive: true }));
const at = (path: string): string => join(checkout, path);
const write = (path: string, text: string): string => {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), text);
  return at(path);
};
const stack = relative(at('test/support'), join(root, 'test/support/stack.ts'));
write('package.json', JSON.stringify({ type: 'module', imports: { '#test/*': './test/*' } }));
write('test/support/world.ts', `import {\n  useStack,\n  type TestStack,\n} from '${stack}';\nexport type World = TestStack;\n`);
write('test/support/scenes.ts', `export * from './world.ts';\n`);
write('test/support/patience.ts', `import type { World } from './world.ts';\nexport type { World } from './world.ts';\n`);

const needing = {
  named: `import { useStack } from '#test/support/scenes.ts';\n`,
  loaded: `import '#test/support/world.ts';\n`,
  late: `const scenes = await import('#test/support/scenes.ts');\n`,
  inTwoWays: `import type { World } from '#test/support/world.ts';\nimport { useStack } from '#test/support/world.ts';\n`,
};
const without = {
  rules: `import assert from 'node:assert/strict';\nimport { test } from 'node:test';\n`,
  typesOnly: `import type { World } from '#test/support/world.ts';\nimport { patience } from '#test/support/patience.ts';\n`,
  round: `import { one } from './round.test.ts';\n`,
};

test('a file runs in the stack when it loads it, over however many files and in whichever way, and beside it otherwise', () => {
  for (const [name, text] of Object.entries(needing)) {
    const file = write(`test/a/${name}.test.ts`, text);
    assert.deepEqual(lanesOf([file]), { alone: [], stack: [file], beside: [] }, name);
  }
  for (const [name, text] of Object.entries(without)) {
    const file = write(`test/a/${name}.test.ts`, text);
    assert.deepEqual(lanesOf([file]), { alone: [], stack: [], beside: [file] }, name);
  }
});

test('a file runs alone when it says so with a reason, and not when it only speaks of it', () => {
  for (const text of [
    '/** @alone Its measure is time. */\n',
    '/**\n * It kills.\n *\n * @alone By the clock.\n */\n',
    '// @alone It waits.\n',
  ])
    assert.deepEqual(lanesOf([write('test/b.test.ts', text + needing.named)]).alone, [at('test/b.test.ts')], text);
  for (const text of ['// Not marked @alone yet.\n', '/** @alone */\n', `const said = '@alone';\n`])
    assert.deepEqual(lanesOf([write('test/b.test.ts', text + needing.named)]).stack, [at('test/b.test.ts')], text);
});

test('what looks at all that the others left comes last, the others by name', () => {
  const names = ['test/replay/a.test.ts', 'test/ui/z.test.ts', 'test/story/what-was-recorded.test.ts', 'test/ui/b.test.ts'];
  const files = names.map((name) => write(name, needing.named));
  const [replay, z, recorded, b] = files;
  assert.deepEqual(lanesOf(files).stack, [b, z, replay, recorded]);
});

test('a file that is missing is an error, not a file without the stack', () => {
  assert.throws(() => loadedFiles(write('test/c.test.ts', `import { gone } from './gone.ts';\n`)), /gone\.ts/);
});

test('every test file is in one lane, and none that plays in the stack is beside it', () => {
  const files = globSync('test/**/*.test.ts', { cwd: root }).map((file) => join(root, file));
  const { alone, stack, beside } = lanesOf(files);
  assert.deepEqual([...alone, ...stack, ...beside].toSorted(), files.toSorted());
  assert.deepEqual(
    beside.filter((file) => /\buse(Stack|World)\(/.test(readFileSync(file, 'utf8'))),
    [],
  );
});
