import type { Log } from '#process-log';
import { againAndAgain } from '../again-and-again.ts';
import { compareDirectory, type Reconciling } from './compare-directory.ts';

const EVERY_MS = 5 * 60_000;

/** Compares the directory with what was recorded every five minutes until the returned function is called. In this process and in no workflow: a worker that wants it not to happen has no say. */
export function watchDirectory(deps: Reconciling, log: Log): () => Promise<void> {
  const turn = async (): Promise<void> => {
    const found = await compareDirectory(deps);
    const silent = found?.events.silent ?? 0;
    if (silent > 0)
      log.warn({ silent }, 'files of controllers’ events could not be read: see that they are there, and that this process may read them');
  };
  return againAndAgain(EVERY_MS, turn, log, 'the directory could not be compared with what was recorded; tried again').stop;
}
