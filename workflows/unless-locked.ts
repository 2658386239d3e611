import { CancellationScope } from '@temporalio/workflow';
import { judgeLock, type ResetRun } from './reset-run.ts';

/**
 * A step that may take long, during which an officer may still lock the reset. Throws Ending when somebody does, and
 * waits for the step no more. A step that writes is safe to leave: the verifier signs no lock while a write is claimed,
 * and the writer claims none after it (activities/account-turn.ts).
 */
export async function unlessLocked<T>(run: ResetRun, step: () => Promise<T>): Promise<T> {
  const scope = new CancellationScope();
  let over: { value: T } | { failure: unknown } | undefined;
  void scope.run(step).then(
    (value) => (over = { value }),
    (failure: unknown) => (over = { failure }),
  );
  for (;;) {
    const lock = await run.inbox.lockBefore(() => over !== undefined);
    if (!lock || !run.named) break;
    try {
      await judgeLock(run, run.named.account, lock);
    } catch (locked) {
      scope.cancel();
      throw locked;
    }
  }
  if (!over) throw new Error('a step was waited for that is not over');
  if ('failure' in over) throw over.failure;
  return over.value;
}
