import assert from 'node:assert/strict';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runNode } from '#ops/test-run/child.ts';
import { runFiles, type Counts } from '#ops/test-run/run-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-test-run-'));
after(() => rmSync(folder, { recursive: true }));
const file = (name: string): string => join(folder, name);
const unaborted = new AbortController().signal;
/** The runner that this file runs in must not be asked for. */
const env = { NODE_TEST_CONTEXT: undefined };

async function countsOf(name: string, text: string, signal = unaborted): Promise<Counts> {
  writeFileSync(file(`${name}.test.mjs`), `import { test } from 'node:test';\n${text}`);
  return runFiles([file(`${name}.test.mjs`)], { countsFile: file(`${name}.json`), output: file(`${name}.txt`), env, abort: signal });
}

test('what passed, failed and was skipped is counted, and the words are in the file', async () => {
  const text = `test('one', () => {}); test('two', () => { throw new Error('Kaboom'); }); test.skip('three'); test.todo('four');`;
  const { failures, seconds, ...counts } = await countsOf('mixed', text);
  assert.deepEqual(counts, { passed: 1, failed: 1, skipped: 2 });
  assert.deepEqual(Object.values(seconds), [0]);
  assert.deepEqual([failures.length, /^two \(.*mixed\.test\.mjs:2\)\n *Error: Kaboom\n/.test(failures[0] ?? '')], [1, true], failures[0]);
  assert.match(readFileSync(file('mixed.txt'), 'utf8'), /Kaboom/);
});

test('a file that dies before its first test has failed', async () => {
  const { failures, seconds: _, ...counts } = await countsOf('dead', `process.kill(process.pid, 'SIGKILL');`);
  assert.deepEqual([counts, failures.length], [{ passed: 0, failed: 1, skipped: 0 }, 1]);
});

test('a file that leaves a server open is over with its last test and what it does after it, and holds up none behind it', async () => {
  const text = `import { after } from 'node:test'; import { createServer } from 'node:net'; import { setTimeout } from 'node:timers/promises';
after(async () => { await setTimeout(50); console.log('Tidied.'); });
test('one', () => { createServer().listen(0); throw new Error('Kaboom'); }); test('two', () => {});`;
  const { failures, seconds: _, ...counts } = await countsOf('open', text);
  assert.deepEqual([counts, failures.length], [{ passed: 1, failed: 1, skipped: 0 }, 1]);
  assert.match(readFileSync(file('open.txt'), 'utf8'), /Tidied/);
});

test('without a file nothing runs, and nothing has failed', async () => {
  const nothing = { countsFile: file('none.json'), env, abort: unaborted };
  assert.deepEqual(await runFiles([], nothing), { passed: 0, failed: 0, skipped: 0, failures: [], seconds: {} });
  assert.ok(!existsSync(nothing.countsFile));
});

test('once it is to end, the files that run are ended and no other begins: that is a failure', async () => {
  const end = new AbortController();
  const begun = file('begun');
  const text = `import { writeFileSync } from 'node:fs';
test('for ever', () => new Promise(() => { setInterval(() => {}, 1000); writeFileSync(${JSON.stringify(begun)}, String(process.pid)); }));`;
  const counts = countsOf('endless', text, end.signal);
  while (!existsSync(begun) || readFileSync(begun, 'utf8') === '') await new Promise((resolve) => setTimeout(resolve, 10));
  const pid = Number(readFileSync(begun, 'utf8'));
  end.abort();
  const { passed, failed } = await counts;
  assert.deepEqual([passed, failed > 0], [0, true]);
  await gone(pid);
  const late = await countsOf('late', `test('it', () => {});`, end.signal);
  assert.deepEqual([late.passed, late.failed, late.failures.length], [0, 1, 1]);
  assert.ok(!existsSync(file('late.json')));
});

test('a program answers with its exit code, and one that was killed with a failure', async () => {
  const output = openSync(file('program.txt'), 'w');
  const run = (code: string) => runNode(['-e', code], { env, stdio: ['ignore', output, output], abort: unaborted });
  assert.deepEqual([await run('process.exit(0)'), await run('process.exit(3)'), await run(`process.kill(process.pid, 9)`)], [0, 3, 1]);
  closeSync(output);
});

/** Resolves when the process has ended: the runner's own children go after it. */
async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
