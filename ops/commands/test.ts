import { existsSync, globSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { root } from '../paths.ts';
import { Sentence } from '../sentence.ts';
import { runLanes } from '../test-run/run-lanes.ts';
import { runWithStack } from '../test-run/with-stack.ts';

const LONGEST = 40;

export function testCommand(program: Command): void {
  program
    .command('test [files...]')
    .description('run the tests against a stack of their own, on free ports')
    .option('--campaign', 'the long versions too')
    .action((files: string[], { campaign = false }: { campaign?: boolean }) =>
      runWithStack('test', async (state, abort) => {
        const { passed, failed, skipped, failures, seconds } = await runLanes(chosen(files), state, { campaign, abort });
        const longest = Object.entries(seconds).toSorted(([, a], [, b]) => b - a);
        console.log(
          `\nThe files that took longest: ${longest
            .slice(0, LONGEST)
            .map(([file, time]) => `${file} ${time} s`)
            .join(', ')}.`,
        );
        // Thousands of lines above, each of them was said where it failed.
        for (const failure of failures) console.log(`\n✖ ${failure}`);
        return { code: failed === 0 ? 0 : 1, lastLine: `${passed} passed, ${failed} failed, ${skipped} skipped` };
      }),
    );
}

function chosen(files: string[]): string[] {
  const found =
    files.length > 0 ? files.map((file) => resolve(file)) : globSync('test/**/*.test.ts', { cwd: root }).map((file) => join(root, file));
  const missing = found.find((file) => !existsSync(file));
  if (missing) throw new Sentence(`${missing} does not exist.`);
  return found;
}
