import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { endLeftovers, isAlive, markOf, readPids, signalExactly, waitForEnd, writePids } from '#ops/stack/pids.ts';
import { runningStack } from '#ops/stack/run-file.ts';

const sleeper = () => {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  const mark = markOf('sleeper', child.pid ?? -1);
  assert.ok(mark);
  return { child, mark };
};

test('a pid that now belongs to another process is not signalled', () => {
  const { child, mark } = sleeper();
  const stale = { ...mark, startTime: '1' };
  assert.equal(isAlive(stale), false);
  assert.equal(signalExactly(stale, 'SIGKILL'), false);
  assert.equal(isAlive(mark), true, 'the process that has the pid now lives on');
  child.kill('SIGKILL');
});

test('what a crashed supervisor left behind is ended, and nothing else', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-pids-'));
  const file = join(folder, 'pids.json');
  const ours = sleeper();
  const stranger = sleeper();
  writePids(file, [{ name: 'supervisor', pid: 999_999_999, startTime: '1' }, ours.mark, { ...stranger.mark, startTime: '1' }]);
  assert.deepEqual(await endLeftovers(file), ['sleeper']);
  assert.equal(isAlive(ours.mark), false);
  assert.equal(isAlive(stranger.mark), true);
  stranger.child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

test('a killed process is seen to be gone although its parent has not asked for it yet', async () => {
  const { child, mark } = sleeper();
  child.kill('SIGKILL');
  assert.deepEqual(await waitForEnd([mark], 2_000), []);
});

test('a broken or missing pids file names nobody, and no supervisor runs there', () => {
  assert.deepEqual(readPids('/nonexistent/pids.json'), []);
  assert.equal(runningStack('/nonexistent'), undefined);
});
