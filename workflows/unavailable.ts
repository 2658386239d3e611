import { ActivityFailure, isCancellation } from '@temporalio/workflow';

/**
 * The answer of a step, or 'unavailable' when its process or the directory did not answer within the step's deadline.
 * Every activity fails with a closed list of types only, so no other failure can be hidden by this.
 */
export async function unlessUnavailable<T>(step: () => Promise<T>): Promise<T | 'unavailable'> {
  try {
    return await step();
  } catch (failure) {
    if (failure instanceof ActivityFailure && !isCancellation(failure)) return 'unavailable';
    throw failure;
  }
}
