import { setTimeout as sleep } from 'node:timers/promises';

const STEP_MS = 10;

/**
 * What `work` gives or throws, at a whole step of 10 ms after its beginning: how long the directory takes depends on how many groups an account has and
 * which password policy it is under, and whoever named it is not to learn that from a clock.
 */
export async function inSteps<T>(work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  try {
    return await work();
  } finally {
    await sleep(STEP_MS - ((performance.now() - started) % STEP_MS));
  }
}
