import { join } from 'node:path';
import { root } from '../paths.ts';
import type { Progress } from '../progress.ts';
import { runCommand } from '../run-command.ts';
import { Sentence } from '../sentence.ts';

/** The folder with oracle, fsck, posix-oneshot and litewitness, built there when they are missing. Throws Sentence when that fails. */
export async function oraclePrograms(onLine?: (line: string) => void): Promise<string> {
  let last = '';
  const found = await runCommand(process.execPath, [join(root, 'ops/setup/find-oracle.mjs')], {
    env: process.env,
    onLine: (line) => {
      last = line;
      if (!line.startsWith('/')) onLine?.(line);
    },
  });
  if (found.code !== 0) throw new Sentence(last);
  return found.stdout.trim();
}

/** Puts them in place before the first test asks: a build takes minutes, which no test should wait for. */
export function placeOracle(progress: Progress): Promise<unknown> {
  return progress.step("tests' oracle", () => oraclePrograms((line) => progress.note(line)));
}
