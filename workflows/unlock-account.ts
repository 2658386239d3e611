import type { IdentifiedAccount, StageMove } from '#activities/contract.ts';
import { unlocked, waitForUnlock } from '#domain/next.ts';
import type { Gathered } from './approvals.ts';
import { accept, Ending, moved, show, type ResetRun } from './reset-run.ts';
import { local, privilegedWriter, staffWriter } from './steps.ts';
import { unlessLocked } from './unless-locked.ts';
import { unlessUnavailable } from './unavailable.ts';
import { witnessed } from './witnessed.ts';

/**
 * The account, unlocked and nothing else: intended, witnessed, written, read back. No password is there to be sealed or tried,
 * and no device holds an old one. An intent that grew too old while the writer was away is made known anew. `gathered`: what is
 * to be recorded of the last approval, and whether break-glass stands in for some. Returns only when the directory showed the
 * account unlocked and its password untouched.
 */
export async function unlockAccount(run: ResetRun, who: IdentifiedAccount, account: string, gathered: Gathered): Promise<void> {
  const writer = who.isProtected ? privilegedWriter : staffWriter;
  const { reset } = run;
  let { glass } = gathered;
  let stages: StageMove[] = gathered.stages;
  for (let ordinal = 1; ; ordinal++) {
    const progress = moved(
      run,
      { type: 'reset.state', outcome: 'success' },
      { state: 'writing', next: waitForUnlock, waitingFor: null, proven: true, stages },
    );
    const intent = await local.commitIntent({ account, ordinal, policy: who.policy, rule: who.rule, progress });
    if (intent.outcome === 'superseded') throw new Ending('refused', 'superseded');
    accept(run);
    stages = [];
    const asked = { reset, run: run.run, account, ordinal, intent: intent.leaf };
    glass = await witnessed(run, who, asked, glass);
    // The writer may have unlocked although no answer came within the step's deadline: then nobody is told the one or the other.
    const written = await unlessLocked(run, () => unlessUnavailable(() => writer.unlockAccount(asked)));
    if (written === 'unavailable') throw new Ending('refused', 'unlock-unknown');
    if (written.outcome === 'refused') throw new Ending('refused', written.code);
    if (written.outcome === 'unlocked') break;
  }
  await show(run, { type: 'reset.state', outcome: 'success' }, { state: 'done', next: unlocked, waitingFor: null });
}
