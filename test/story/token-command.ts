import assert from 'node:assert/strict';
import { join } from 'node:path';
import { root } from '#ops/paths.ts';
import { runCommand } from '#ops/run-command.ts';

/** Runs `countersign token` and types one line for each question, as at a terminal: no secret is an argument. */
export function tokenCommand(state: string) {
  return async (args: string[], lines: string[] = []): Promise<{ code: number | null; said: string }> => {
    const { code, stdout, stderr } = await runCommand(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', join(root, 'ops/countersign.ts'), 'token', ...args],
      { cwd: root, env: { ...process.env, COUNTERSIGN_STATE: state }, input: `${lines.join('\n')}\n` },
    );
    const said = `${stdout}${stderr}`;
    for (const line of lines) assert.ok(!said.includes(line), 'what was typed is not said again');
    return { code, said };
  };
}
