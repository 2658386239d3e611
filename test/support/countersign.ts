import { join } from 'node:path';
import { root } from '#ops/paths.ts';
import { runCommand, type CommandResult } from '#ops/run-command.ts';

/** Runs the command line on a test's stack, as its operator would. */
export function countersign(state: string, ...args: string[]): Promise<CommandResult> {
  return runCommand(process.execPath, ['--disable-warning=ExperimentalWarning', join(root, 'ops/countersign.ts'), ...args], {
    cwd: root,
    env: { ...process.env, COUNTERSIGN_STATE: state },
  });
}
