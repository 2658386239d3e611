import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../paths.ts';
import { runNode } from './child.ts';

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
  /** What failed and why, in words. */
  failures: string[];
  /** How long each file took, by its path. */
  seconds: Record<string, number>;
}

const NONE = { passed: 0, failed: 0, skipped: 0, failures: [], seconds: {} };

interface Run {
  /** Where the runner's own count goes. */
  countsFile: string;
  env: Record<string, string | undefined>;
  /** A file for its words; they go to the terminal when there is none. */
  output?: string;
  abort: AbortSignal;
}

/** Node's runner, one file at a time: the files of a lane share what it stands on, and some of them kill parts of it. */
export async function runFiles(files: readonly string[], { countsFile, env, output, abort }: Run): Promise<Counts> {
  // Node's runner would look for files by itself.
  if (files.length === 0) return NONE;
  const args = [
    '--test',
    '--test-concurrency=1',
    '--test-timeout=1200000',
    // A test that failed may leave a connection open, and a file that goes on for it would hold up all behind it for ever.
    '--test-force-exit',
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    `--test-reporter=${join(root, 'ops/test-run/counts.mjs')}`,
    `--test-reporter-destination=${countsFile}`,
    ...files,
  ];
  const words = output === undefined ? 'inherit' : openSync(output, 'w', 0o644);
  const code = await runNode(args, { env, stdio: ['ignore', words, words], abort });
  if (typeof words === 'number') closeSync(words);
  const text = existsSync(countsFile) ? readFileSync(countsFile, 'utf8') : '';
  // No count: the runner died. That is a failure, never a pass of nothing.
  const counts = text === '' ? { ...NONE, failed: 1 } : (JSON.parse(text) as Counts);
  if (counts.failed > 0 && text !== '') return counts;
  return code === 0 ? counts : { ...counts, failed: 1, failures: [`The runner ended with ${code} and said of no test that it failed.`] };
}
