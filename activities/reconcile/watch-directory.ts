import type { Log } from '#process-log';
import { againAndAgain } from '../again-and-again.ts';
import { compareDirectory, type Reconciling } from './compare-directory.ts';

const EVERY_MS = 5 * 60_000;

/** Compares the directory with what was recorded every five minutes until the returned function is called. In this process and in no workflow: a worker that wants it not to happen has no say. */
export function watchDirectory(deps: Reconciling, log: Log): () => Promise<void> {
  const turn = async (): Promise<void> => void (await compareDirectory(deps));
  return againAndAgain(EVERY_MS, turn, log, 'the directory could not be compared with what was recorded; tried again').stop;
}
