import type { IdentifiedAccount } from '#activities/contract.ts';
import { askedNext, isAccepted, type Asked } from '#domain/accept.ts';
import { askForFactor, askForMore, type FactorMethod, type ProofMethod } from '#domain/next.ts';
import { accept, ask, Ending, refuse, show, unavailable, type ResetRun } from './reset-run.ts';
import { verifier } from './steps.ts';
import { unlessUnavailable } from './unavailable.ts';

const expired = new Ending('expired', 'reset-expired');

/**
 * Proofs and factors until everything of some alternative has passed: for everybody one proof, then one factor, then what
 * the rule asks for besides. Only behind the first factor is anything said that is specific to the account. The last
 * command stays in hand: what comes next is its answer.
 */
export async function proveIdentity(run: ResetRun, who: IdentifiedAccount): Promise<string> {
  const passed: { proofs: ProofMethod[]; factors: FactorMethod[] } = { proofs: [], factors: [] };
  const failed = { proofs: 0, factors: 0 };
  for (let asked = askedNext(who.accept, passed); asked; asked = askedNext(who.accept, passed)) {
    if (run.pending) await goOn(run, asked, passed.factors.length > 0);
    if (asked.step === 'prove') passed.proofs.push(await prove(run, who, passed.proofs, failed));
    else passed.factors.push(await checkFactor(run, who, failed));
    if (passed.factors.length > 0 && who.whyNot) throw new Ending('refused', who.whyNot);
  }
  // Nothing passes for a decoy, and an account without a rule was refused above: the types do not know.
  if (!who.account || !isAccepted(who.accept, passed)) throw new Ending('refused', 'not-accepted');
  return who.account;
}

/** Answers what has passed with what is asked for next. From the first factor on the state stays: nobody may begin in this browser's place any more. */
async function goOn(run: ResetRun, asked: Asked, isSpecific: boolean): Promise<void> {
  const next = isSpecific ? askForMore(asked) : askForFactor;
  await show(
    run,
    { type: 'reset.state', outcome: 'success', ...(run.pending ? { update: run.pending.updateId } : {}) },
    { state: 'checking-factor', next },
  );
  accept(run);
}

/** A recovery code, or one that the help desk issued in person. */
async function prove(
  run: ResetRun,
  who: IdentifiedAccount,
  passed: readonly ProofMethod[],
  failed: { proofs: number },
): Promise<ProofMethod> {
  for (;;) {
    const { updateId, message } = await ask(run, ['prove'], expired);
    const proof = await unlessUnavailable(() =>
      verifier.checkProof({ reset: run.reset, run: run.run, updateId, sealed: message.sealed, account: who.account, passed: [...passed] }),
    );
    if (proof === 'unavailable') {
      await unavailable(run, updateId);
    } else if (proof.outcome === 'passed') {
      return proof.method as ProofMethod; // checkProof answers no other
    } else {
      failed.proofs += 1;
      if (failed.proofs >= who.attempts.proofs) throw new Ending('refused', 'not-accepted');
      refuse(run, 'proof-not-accepted');
    }
  }
}

/** The six digits of the authenticator. */
async function checkFactor(run: ResetRun, who: IdentifiedAccount, failed: { factors: number }): Promise<FactorMethod> {
  for (;;) {
    const { updateId, message } = await ask(run, ['checkFactor'], expired);
    const factor = await unlessUnavailable(() =>
      verifier.checkFactor({ reset: run.reset, run: run.run, updateId, sealed: message.sealed, account: who.account, purpose: 'reset' }),
    );
    if (factor === 'unavailable') {
      await unavailable(run, updateId);
    } else if (factor.outcome === 'passed' && who.account) {
      if (factor.stopped && !who.whyNot) throw new Ending('refused', 'stopped');
      return factor.method as FactorMethod; // checkFactor answers no other
    } else if (factor.outcome === 'refused') {
      throw new Ending('refused', factor.code);
    } else {
      failed.factors += 1;
      if (failed.factors >= who.attempts.factors) throw new Ending('refused', 'not-accepted');
      refuse(run, 'factor-not-accepted');
    }
  }
}
