import { afterEach, beforeEach, mock } from 'node:test';

/**
 * This process's clock stands while a test runs. A scene types the code of this half minute, and says that the same code
 * counts no second time: where the half minute ends between the two, another code would be typed. Timers go on.
 */
export function useStillClock(): void {
  beforeEach(() => mock.timers.enable({ apis: ['Date'], now: Date.now() }));
  afterEach(() => mock.timers.reset());
}
