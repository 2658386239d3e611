import { CancellationScope } from '@temporalio/workflow';
import type { BreakGlass } from '#activities/break-glass-contract.ts';
import { judgeBreakGlass } from './break-glass.ts';
import { judgeLock, type ResetRun } from './reset-run.ts';

/**
 * A step that may take long, during which an officer may still lock the reset. Throws Ending when somebody does, and
 * waits for the step no more. A step that writes is safe to leave: the verifier signs no lock while a write is claimed,
 * and the writer claims none after it (activities/account-turn.ts).
 */
export async function unlessLocked<T>(run: ResetRun, step: () => Promise<T>): Promise<T> {
  const waited = await unlessBroken(run, step);
  if ('given' in waited) throw new Error('a step was left for break-glass that it knows nothing of');
  return waited.value;
}

/**
 * The same for a step that break-glass may make needless: `account` is whose reset it is. When enough officers have signed,
 * the step is waited for no more, and what they allow is the answer; their command stays in hand.
 */
export async function unlessBroken<T>(
  run: ResetRun,
  step: () => Promise<T>,
  account?: string,
): Promise<{ value: T } | { given: BreakGlass }> {
  const scope = new CancellationScope();
  let over: { value: T } | { failure: unknown } | undefined;
  void scope.run(step).then(
    (value) => (over = { value }),
    (failure: unknown) => (over = { failure }),
  );
  for (;;) {
    const kinds = account === undefined ? (['lock'] as const) : (['lock', 'breakGlass'] as const);
    const command = await run.inbox.takenBefore<'lock' | 'breakGlass'>(kinds, () => over !== undefined);
    if (!command || !run.named) break;
    try {
      if (command.kind === 'lock') {
        await judgeLock(run, run.named.account, command);
        continue;
      }
      const given = account === undefined ? undefined : await judgeBreakGlass(run, account, command);
      if (!given) continue;
      scope.cancel();
      return { given };
    } catch (locked) {
      scope.cancel();
      throw locked;
    }
  }
  if (!over) throw new Error('a step was waited for that is not over');
  if ('failure' in over) throw over.failure;
  return over;
}
