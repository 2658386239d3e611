import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { root } from '#ops/paths.ts';

/** What lint, types and eyes would say of the tree, said by the suite. */
const run = promisify(execFile);
const bin = (name: string): string => join(root, 'node_modules', '.bin', name);

async function said(command: string, args: string[]): Promise<string> {
  const env = { PATH: `${join(process.execPath, '..')}:/usr/bin:/bin`, HOME: '/nonexistent' };
  return run(bin(command), args, { cwd: root, env, maxBuffer: 10 << 20 }).then(
    () => '',
    (failed: { stdout?: string; stderr?: string }) => `${failed.stdout ?? ''}${failed.stderr ?? ''}` || 'it failed without a word',
  );
}

test('the types hold', async () => assert.equal(await said('tsc', ['--noEmit']), ''));
test('lint finds nothing, and so the arrows between the folders hold', async () =>
  assert.equal(await said('oxlint', ['--type-aware', '--deny-warnings']), ''));
test('every file is formatted', async () => assert.equal(await said('oxfmt', ['--check', '.']), ''));

test('no file is too long to be one idea, none is a drawer, and the middle one fits a screen', async () => {
  const { stdout } = await run('git', ['ls-files', '*.ts', '*.tsx', '*.mjs', '*.css'], { cwd: root });
  const files = stdout.trim().split('\n');
  const lengths = files.map((file) => ({ file, lines: readFileSync(join(root, file), 'utf8').split('\n').length - 1 }));
  assert.deepEqual(
    lengths.filter(({ lines }) => lines > 300),
    [],
  );
  const sorted = lengths.map(({ lines }) => lines).toSorted((a, b) => a - b);
  assert.ok((sorted[Math.floor(sorted.length / 2)] ?? 0) < 90);
  assert.deepEqual(
    files.filter((file) => /(^|\/)(utils?|helpers?|misc|common|shared|lib)(\/|\.)/.test(file)),
    [],
  );
});
