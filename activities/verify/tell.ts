import type { ResetToTell, TellAnswer } from '#activities/telling-contract.ts';
import { whomToTell, type ToldPerson } from '#activities/policy/whom-to-tell.ts';
import { endToTell, isWatched, replacementToTell, toldWhen, type MessageOutcome, type TellingMoment } from '#domain/message.ts';
import { isRefusalCode } from '#domain/refusals.ts';
import type { ResetState } from '#domain/reset-state.ts';
import { TELL_NOBODY } from '#domain/telling.ts';
import type { Database } from '#db';
import type { VerifierDeps } from './deps.ts';
import { frozenPolicy, ruleOf } from './frozen-policy.ts';
import { leaveMessages } from './leave-messages.ts';
import { statementsOf, type Said } from './statements.ts';

/**
 * Tells people of a reset, as its frozen policy says and as the directory is now: a message in the console, with its leaf, once
 * a person, however often this is called. Of a reset that nobody proved nobody is told. `unsettled` as long as the
 * writer does not know what became of its write. Throws DirectoryUnavailable.
 */
export async function tell(deps: VerifierDeps, { reset, moment }: ResetToTell): Promise<TellAnswer> {
  const row = await deps.db.reset.findUnique({ where: { id: reset } });
  if (!row?.runId || !row.accountGuid) return done(deps.db, reset, moment, 0);
  const said = await statementsOf(deps.db, deps, { reset, run: row.runId, account: row.accountGuid });
  const outcome = isProven(said) ? await whatToTell(deps.db, row, moment, said) : undefined;
  if (outcome === 'unsettled') return { outcome: 'unsettled' };
  if (outcome === undefined) return done(deps.db, reset, moment, 0);
  const account = row.displayName ?? row.accountName ?? '';
  const until = moment === 'cooling-off' ? (said.coolingOff[0]?.until ?? null) : null;
  const told = await people(deps, row.accountGuid, said, outcome);
  const sent = await leaveMessages(deps, { of: { resetId: reset }, moment, outcome, account, until }, { reset }, told);
  return done(deps.db, reset, moment, sent);
}

async function done(db: Database, reset: string, moment: TellingMoment, people: number): Promise<TellAnswer> {
  await db.telling.updateMany({ where: { resetId: reset, moment, doneAt: null }, data: { doneAt: new Date() } });
  return { outcome: 'told', people };
}

/** Nobody is told because of a name that somebody typed: proof and factor have passed, or a proof, and that all factors are lost. */
function isProven({ proofs, factors, operation }: Said): boolean {
  return proofs.length > 0 && (factors.length > 0 || operation === 'replace-factors');
}

async function whatToTell(
  db: Database,
  { id, state, refusal }: { id: string; state: string; refusal: string | null },
  moment: TellingMoment,
  said: Said,
): Promise<MessageOutcome | 'unsettled' | undefined> {
  if (isWatched(moment)) return watchToTell(db, id, moment);
  if (said.operation === 'replace-factors') {
    const why = isRefusalCode(refusal) ? refusal : null;
    return replacementToTell(moment, { replaced: said.replaced.length > 0, waits: state === 'cooling-off', refusal: why });
  }
  if (moment === 'requested') return 'requested';
  const claims = await db.writeClaim.findMany({ where: { resetId: id }, select: { state: true, operation: true, endOldPassword: true } });
  const ended = { state: state as ResetState, refusal: isRefusalCode(refusal) ? refusal : null }; // the worker writes only these states
  return endToTell(
    ended,
    claims.map((claim) => ({ ...claim, operation: claim.operation === 'unlock' ? 'unlock' : 'new-password' })),
  );
}

/** What a watch found; of what was never seen nobody is told, whoever asks for it. */
async function watchToTell(
  db: Database,
  resetId: string,
  moment: Extract<TellingMoment, 'still-tried' | 'locked-again'>,
): Promise<MessageOutcome | undefined> {
  const watch = await db.accountWatch.findUnique({ where: { resetId } });
  return (moment === 'locked-again' ? watch?.lockedAt : watch?.triedAt) ? moment : undefined;
}

async function people(deps: VerifierDeps, account: string, said: Said, outcome: MessageOutcome): Promise<ToldPerson[]> {
  const { policy } = await frozenPolicy(deps.db, said.identified.policy);
  const rule = ruleOf(policy, said.identified.rule);
  const holder = await deps.people.read(account);
  // An account that is gone, or was never one of a rule, has nobody to be told any more.
  if (!rule || !holder) return [];
  const isProtected = said.identified.protected || holder.protectedBy !== undefined;
  const deciders = new Set(said.decisions.map(({ person }) => person));
  const told = { policy, holder, isProtected, when: toldWhen(outcome), deciders: [...deciders] };
  const isOfWatch = outcome === 'still-tried' || outcome === 'locked-again';
  return whomToTell(deps, { ...told, rule: isOfWatch ? { tell: TELL_NOBODY } : rule });
}
