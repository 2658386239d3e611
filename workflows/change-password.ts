import type { PasswordChange } from '#activities/arrival-contract.ts';
import type { BreakGlass } from '#activities/break-glass-contract.ts';
import type { IdentifiedAccount, WriteAsked, WriteOutcome } from '#activities/contract.ts';
import { askForPassword, waitForDirectory } from '#domain/next.ts';
import type { PasswordReason } from '#domain/refusals.ts';
import type { Gathered } from './approvals.ts';
import type { Chosen } from './choose-operation.ts';
import { accept, ask, Ending, moved, refuse, show, type ResetRun } from './reset-run.ts';
import { resume } from './resume.ts';
import { local, privilegedWriter, staffWriter } from './steps.ts';
import { unlessLocked } from './unless-locked.ts';
import { unlessUnavailable } from './unavailable.ts';
import { witnessed } from './witnessed.ts';

/**
 * The password, chosen last: sealed, intended, written, bound. A password that the directory refuses leads back to
 * choosing, with its reasons and without losing proofs or approvals. `gathered`: what is to be recorded of the last
 * approval, and whether break-glass stands in for some; then it is chosen while that holds. `notLocked`: the account could
 * have been unlocked, and is not locked. Returns only when the new password was bound, with the change that has still to come to other controllers.
 */
export async function changePassword(
  run: ResetRun,
  who: IdentifiedAccount,
  account: string,
  { notLocked, ...gathered }: Gathered & Pick<Chosen, 'notLocked'>,
): Promise<PasswordChange | undefined> {
  const writer = who.isProtected ? privilegedWriter : staffWriter;
  await show(
    run,
    { type: 'reset.state', outcome: 'success' },
    { ...choosing(who, gathered.glass, { notLocked }), proven: true, stages: gathered.stages },
  );
  accept(run);

  let { glass } = gathered;
  for (let ordinal = 1; ; ordinal++) {
    const sealed = await choose(run, who, account, ordinal);
    let asked: WriteAsked = { reset: run.reset, run: run.run, account, ordinal, ...sealed };
    glass = await witnessed(run, who, asked, glass);
    let written = await write(run, asked, writer);
    if (asked.endOldPassword && written.outcome === 'applied') {
      // Crash here: the old password is dead, the chosen one is sealed and not written, and nobody can sign in. The workflow goes on from here.
      ordinal++;
      asked = await intendChosen(run, who, asked, ordinal);
      glass = await witnessed(run, who, asked, glass);
      written = await write(run, asked, writer);
    }
    if (written.outcome === 'applied') return await verify(run, asked, writer);
    await chooseAgain(run, who, written, glass);
  }
}

/** One change in the directory. The writer may have made it although no answer came within the step's deadline: then nobody is told "done" or "not done". */
async function write(run: ResetRun, asked: WriteAsked, writer: typeof staffWriter): Promise<WriteOutcome> {
  const written = await unlessLocked(run, () => unlessUnavailable(() => writer.writePassword(asked)));
  if (written === 'unavailable') throw new Ending('refused', 'write-unknown');
  return written;
}

/** The old password is replaced by one that nobody knows. Now the chosen one, with an intent of its own: after it the old one is two generations back. */
async function intendChosen(
  run: ResetRun,
  who: IdentifiedAccount,
  { reset, account, sealed, digest }: WriteAsked,
  ordinal: number,
): Promise<WriteAsked> {
  run.oldPasswordEnded = true;
  const progress = moved(run, { type: 'reset.state', outcome: 'success' }, { oldPassword: 'ended' });
  const intent = await local.commitIntent({ account, ordinal, sealed, digest, policy: who.policy, rule: who.rule, progress });
  if (intent.outcome === 'superseded') throw new Ending('refused', 'superseded');
  return { reset, run: run.run, account, ordinal, sealed, digest, intent: intent.leaf };
}

/** Waits for a password that was sealed to the writer and makes its intent known; after that the account yields to nobody. */
async function choose(
  run: ResetRun,
  who: IdentifiedAccount,
  account: string,
  ordinal: number,
): Promise<Pick<WriteAsked, 'sealed' | 'digest' | 'intent' | 'endOldPassword'>> {
  const expired = new Ending('expired', 'reset-expired');
  for (let tries = 1; ; tries++) {
    const { updateId, message } = await ask(run, ['choosePassword'], expired, (other) => resume(run, account, other));
    if (message.kind === 'sealed') {
      const { sealed, digest } = message;
      // Once is enough: what is written after that is written over a password that nobody knows.
      const ending = message.endOldPassword && !run.oldPasswordEnded ? ({ endOldPassword: true } as const) : {};
      const isEnding = 'endOldPassword' in ending;
      const progress = moved(
        run,
        { type: 'password.chosen', outcome: 'success', update: updateId, do: { digest, ...ending } },
        {
          state: 'writing',
          next: waitForDirectory(isEnding),
          waitingFor: null,
          ...(isEnding ? { oldPassword: 'ending' as const } : {}),
        },
      );
      const intended = { account, ordinal, sealed, digest, ...ending, policy: who.policy, rule: who.rule, progress };
      const intent = await local.commitIntent(intended);
      if (intent.outcome === 'superseded') throw new Ending('refused', 'superseded');
      accept(run);
      return { sealed, digest, ...ending, intent: intent.leaf };
    }
    if (tries >= who.attempts.passwords) throw new Ending('refused', 'too-many-passwords');
    await show(run, { type: 'password.refused', outcome: 'denied', reason: message.reasons.join(' '), update: updateId });
    refuse(run, 'password-refused', message.reasons);
  }
}

/** Back to choosing, with what the directory said; any other no of the writer ends the reset. */
async function chooseAgain(
  run: ResetRun,
  who: IdentifiedAccount,
  written: Exclude<WriteOutcome, { outcome: 'applied' }>,
  glass: BreakGlass | undefined,
): Promise<void> {
  if (written.outcome === 'refused') throw new Ending('refused', written.code);
  const reasons = written.outcome === 'password-refused' ? written.reasons : [];
  const reason = written.outcome === 'password-refused' ? reasons.join(' ') : 'password-expired';
  await show(
    run,
    { type: 'password.refused', outcome: written.outcome === 'password-refused' ? 'denied' : 'expired', reason },
    choosing(who, glass, { reasons, expired: written.outcome === 'password-expired', oldEnded: run.oldPasswordEnded }),
  );
}

function choosing(
  who: IdentifiedAccount,
  glass: BreakGlass | undefined,
  {
    reasons = [],
    expired = false,
    notLocked = false,
    oldEnded = false,
  }: { reasons?: PasswordReason[]; expired?: boolean; notLocked?: boolean; oldEnded?: boolean },
) {
  const deadline = Math.min(Date.now() + who.timers.choosePassword * 1000, glass ? Date.parse(glass.until) : Infinity);
  return {
    state: 'choosing-password' as const,
    next: askForPassword(new Date(deadline), reasons, expired, notLocked, oldEnded),
    waitingFor: 'claimant' as const,
    deadline,
  };
}

/** Nobody is told "done" before the new password was bound where it was written. */
async function verify(run: ResetRun, asked: WriteAsked, writer: typeof staffWriter): Promise<PasswordChange | undefined> {
  await show(run, { type: 'reset.state', outcome: 'success' }, { state: 'verifying' });
  const bound = await unlessUnavailable(() => writer.verifyPassword(asked));
  if (bound === 'unavailable' || !bound.verified) throw new Ending('refused', 'write-unknown');
  return bound.change;
}
