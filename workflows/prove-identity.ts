import type { IdentifiedAccount } from '#activities/contract.ts';
import { askedNext, isAccepted, type Asked } from '#domain/accept.ts';
import { askedForReplacement } from '#domain/factor-replacement.ts';
import { askForFactor, askForMore, type FactorMethod, type ProofMethod } from '#domain/next.ts';
import { accept, ask, Ending, refuse, show, unavailable, type ResetRun } from './reset-run.ts';
import type { CommandOf } from './inbox.ts';
import { verifier } from './steps.ts';
import { unlessUnavailable } from './unavailable.ts';

const expired = new Ending('expired', 'reset-expired');

/**
 * Proofs and factors until everything of some alternative has passed: for everybody one proof, then one factor, then what
 * the rule asks for besides. Only behind the first factor is anything said that is specific to the account. The last
 * command stays in hand: what comes next is its answer.
 */
export async function proveIdentity(run: ResetRun, who: IdentifiedAccount): Promise<Proven> {
  const passed: { proofs: ProofMethod[]; factors: FactorMethod[] } = { proofs: [], factors: [] };
  const failed = { proofs: 0, factors: 0 };
  for (let asked = askedNext(who.accept, passed); asked; asked = askedNext(who.accept, passed)) {
    if (run.pending) await goOn(run, asked, passed.factors.length > 0);
    if (asked.step === 'prove') passed.proofs.push(await prove(run, who, passed.proofs, failed));
    else {
      const factor = await checkFactor(run, who, failed);
      if (factor === 'lost') return { account: await proveWithout(run, who, passed.proofs, failed), lost: true };
      passed.factors.push(factor);
    }
    if (passed.factors.length > 0 && who.whyNot) throw new Ending('refused', who.whyNot);
  }
  // Nothing passes for a decoy, and an account without a rule was refused above: the types do not know.
  if (!who.account || !isAccepted(who.accept, passed)) throw new Ending('refused', 'not-accepted');
  return { account: who.account, lost: false };
}

/** Who it is, and whether they have lost every factor and ask for new ones. */
interface Proven {
  account: string;
  lost: boolean;
}

/** Whoever has lost every factor shows what the rule asks for then. Behind all of it, what is specific to the account is said. */
async function proveWithout(run: ResetRun, who: IdentifiedAccount, proofs: ProofMethod[], failed: { proofs: number }): Promise<string> {
  const ways = who.replacement?.accept ?? [];
  for (let asked = askedForReplacement(ways, proofs); asked; asked = askedForReplacement(ways, proofs)) {
    if (run.pending) await goOn(run, asked, true);
    proofs.push(await prove(run, who, proofs, failed));
  }
  if (who.whyNot) throw new Ending('refused', who.whyNot);
  if (!who.account || ways.length === 0) throw new Ending('refused', 'not-accepted');
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

/** A code, or the name of the colleague who has vouched. */
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

/** The digits of the authenticator, or what the card listener says of a smart card; or the word that nothing that makes any is left. */
async function checkFactor(run: ResetRun, who: IdentifiedAccount, failed: { factors: number }): Promise<FactorMethod | 'lost'> {
  for (;;) {
    const command = await ask(run, ['checkFactor', 'loseFactors'], expired);
    const { updateId, message } = command;
    if (command.kind === 'loseFactors') {
      if (await areLost(run, who, command)) return 'lost';
      continue;
    }
    const factor = await unlessUnavailable(() =>
      verifier.checkFactor({ reset: run.reset, run: run.run, updateId, sealed: message.sealed, account: who.account, purpose: 'reset' }),
    );
    if (factor === 'unavailable') {
      await unavailable(run, updateId);
    } else if (factor.outcome === 'passed' && who.account) {
      if (factor.stopped && !who.whyNot) throw new Ending('refused', 'stopped');
      if (factor.method === 'smart-card') run.byCard = true;
      return factor.method as FactorMethod; // checkFactor answers no other
    } else if (factor.outcome === 'refused') {
      throw new Ending('refused', factor.code);
    } else {
      failed.factors += 1;
      if (failed.factors >= who.attempts.factors) throw new Ending('refused', 'not-accepted');
      refuse(run, (factor.outcome === 'failed' && factor.code) || 'factor-not-accepted');
    }
  }
}

/** Whether the rule lets lost factors be replaced; if not it is said, and the claimant may still find one of them. */
async function areLost(run: ResetRun, who: IdentifiedAccount, { updateId, message }: CommandOf<'loseFactors'>): Promise<boolean> {
  const asked = { reset: run.reset, run: run.run, updateId, sealed: message.sealed };
  const { account } = who;
  const lost = account === null ? 'unavailable' : await unlessUnavailable(() => verifier.loseFactors({ ...asked, account }));
  if (lost === 'unavailable') await unavailable(run, updateId);
  else if (lost.outcome === 'refused') refuse(run, lost.code);
  else if (lost.stopped && !who.whyNot) throw new Ending('refused', 'stopped');
  else return true;
  return false;
}
