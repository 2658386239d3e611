import type { BreakGlass } from '#activities/break-glass-contract.ts';
import type { IdentifiedAccount, WriteAsked } from '#activities/contract.ts';
import type { UnlockAsked } from '#activities/unlock-contract.ts';
import { accept, Ending, moved, type ResetRun } from './reset-run.ts';
import { local, notarised } from './steps.ts';
import { unlessBroken } from './unless-locked.ts';

/**
 * Without the quorum of witnesses nothing is written: the reset waits here, and goes on by itself when one is back. Where
 * officers have let it be written before that, the log's own signature over the intent is waited for; when they sign while
 * it waits, what they signed needs an intent that names it, for the same change. `asked` then names that one.
 */
export async function witnessed(
  run: ResetRun,
  who: IdentifiedAccount,
  asked: UnlockAsked | WriteAsked,
  before: BreakGlass | undefined,
): Promise<BreakGlass | undefined> {
  let glass = before;
  for (;;) {
    const leaf = asked.intent;
    const wait = () => notarised.awaitWitnessed({ leaf, ...(glass?.unwitnessed ? { unwitnessed: true } : {}) });
    const waited = await unlessBroken(run, wait, asked.account);
    if (!('given' in waited)) return glass;
    glass = waited.given;
    const { ordinal, account } = asked;
    const what =
      'digest' in asked
        ? { sealed: asked.sealed, digest: asked.digest, ...(asked.endOldPassword && { endOldPassword: asked.endOldPassword }) }
        : {};
    const update = run.pending ? { update: run.pending.updateId } : {};
    const progress = moved(run, { type: 'reset.state', outcome: 'success', ...update });
    const intent = await local.commitIntent({ account, ordinal, ...what, policy: who.policy, rule: who.rule, progress });
    if (intent.outcome === 'superseded') throw new Ending('refused', 'superseded');
    asked.intent = intent.leaf;
    accept(run);
  }
}
