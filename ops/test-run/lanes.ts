import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../paths.ts';
import { loadedFiles } from './loaded-files.ts';

/** The files of a run of the tests. Those of one lane run one after the other, `stack` and `beside` next to each other. */
export interface Lanes {
  /** First, and nothing else with them: their measure is time, or they hit a moment by the clock. */
  alone: string[];
  /** In the stack that all of them share. */
  stack: string[];
  /** Without it. */
  beside: string[];
}

const stackFile = join(root, 'test/support/stack.ts');

/** A file says of itself that it runs alone, and why: a line of its comments begins with `@alone`. */
const saysAlone = (file: string): boolean => /^\s*(?:\/\/|\/\*\*|\*) @alone \w/m.test(readFileSync(file, 'utf8'));

const looksBack = (file: string): boolean => /test\/replay\/|what-was-recorded/.test(file);

/** Chooses each file's lane by what the file loads and says. Within a lane by name, last what looks at all that the others left. */
export function lanesOf(files: readonly string[]): Lanes {
  const lanes: Lanes = { alone: [], stack: [], beside: [] };
  const sorted = files.toSorted((a, b) => Number(looksBack(a)) - Number(looksBack(b)) || a.localeCompare(b));
  for (const file of sorted) {
    const lane = saysAlone(file) ? 'alone' : loadedFiles(file).has(stackFile) ? 'stack' : 'beside';
    lanes[lane].push(file);
  }
  return lanes;
}
