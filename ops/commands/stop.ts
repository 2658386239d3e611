import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { directoryPids, stopDirectory } from '../directory/process.ts';
import { defaultState, layout } from '../paths.ts';
import { endLeftovers, signalExactly, waitForEnd } from '../stack/pids.ts';
import { removeRun, runningStack } from '../stack/run-file.ts';

export function stopCommand(program: Command): void {
  program.command('stop').description('end everything that start began, and nothing else').action(stop);
}

/** Asks the supervisor to end its parts; without one, ends what a crashed one left behind. */
async function stop(): Promise<void> {
  const state = defaultState();
  const running = runningStack(state);
  if (running) {
    signalExactly(running.supervisor, 'SIGTERM');
    const left = await waitForEnd([running.supervisor], 60_000);
    if (left.length === 0) return console.log('Countersign has ended.');
    console.log('It did not end within a minute and is killed.');
    signalExactly(running.supervisor, 'SIGKILL');
    await sleep(500);
  }
  const ended = await endLeftovers(layout(state).pidsFile);
  if (directoryPids(state).length > 0) ended.push('directory');
  await stopDirectory(state);
  removeRun(state);
  console.log(ended.length > 0 ? `Ended what was left: ${ended.join(', ')}.` : 'Nothing was running.');
}
