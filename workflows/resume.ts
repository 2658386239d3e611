import { verifier } from './steps.ts';
import { accept, refuse, unavailable, type ResetRun } from './reset-run.ts';
import type { Command } from './inbox.ts';
import { unlessUnavailable } from './unavailable.ts';

/** The claimant comes back with the reference and a fresh code. Answers the command and says whether it was one of this kind. */
export async function resume(run: ResetRun, account: string, command: Command): Promise<boolean> {
  if (command.kind !== 'resume') return false;
  const { updateId, message } = command;
  const factor = await unlessUnavailable(() =>
    verifier.checkFactor({ reset: run.reset, run: run.run, updateId, sealed: message.sealed, account, purpose: 'resume' }),
  );
  if (factor === 'unavailable') await unavailable(run, updateId);
  else if (factor.outcome === 'passed') accept(run, factor.word);
  else refuse(run, 'resume-refused');
  return true;
}
