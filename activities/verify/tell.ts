import type { TellAnswer, TellAsked } from '#activities/contract.ts';
import { whomToTell, type ToldPerson } from '#activities/policy/whom-to-tell.ts';
import { recordLeaf } from '#activities/record-leaf.ts';
import { endToTell, replacementToTell, toldWhen, type MessageOutcome, type TellingMoment } from '#domain/message.ts';
import { plainAddress } from '#domain/message-words.ts';
import { isRefusalCode } from '#domain/refusals.ts';
import type { ResetState } from '#domain/reset-state.ts';
import type { Database, Transaction } from '#db';
import { uuidv7 } from '#prisma/uuid.ts';
import { VERIFIER, type VerifierDeps } from './deps.ts';
import { frozenPolicy, ruleOf } from './frozen-policy.ts';
import { rolesOf } from './roles.ts';
import { statementsOf, type Said } from './statements.ts';

/** So many in one transaction: a group of thousands does not hold the chain of the reset's leaves for long. */
const AT_ONCE = 25;

/**
 * Tells people of a reset, as its frozen policy says and as the directory is now: a message in the console, with its leaf, once
 * a person, however often this is called. Of a reset that nobody proved nobody is told. `unsettled` as long as the
 * writer does not know what became of its write. Throws DirectoryUnavailable.
 */
export async function tell(deps: VerifierDeps, { reset, moment }: TellAsked): Promise<TellAnswer> {
  const row = await deps.db.reset.findUnique({ where: { id: reset } });
  if (!row?.runId || !row.accountGuid) return done(deps.db, reset, moment, 0);
  const said = await statementsOf(deps.db, deps, { reset, run: row.runId, account: row.accountGuid });
  const outcome = isProven(said) ? await whatToTell(deps.db, row, moment, said) : undefined;
  if (outcome === 'unsettled') return { outcome: 'unsettled' };
  if (outcome === undefined) return done(deps.db, reset, moment, 0);
  const account = row.displayName ?? row.accountName ?? '';
  const until = moment === 'cooling-off' ? (said.coolingOff[0]?.until ?? null) : null;
  const told = reached(deps, await people(deps, row.accountGuid, said, outcome));
  let sent = 0;
  for (let from = 0; from < told.length; from += AT_ONCE) {
    // If we crash between two of these, some were told; the retry finds them and tells the others.
    sent += await tellSome(deps, { reset, moment, outcome, account, until }, told.slice(from, from + AT_ONCE));
  }
  return done(deps.db, reset, moment, sent);
}

async function tellSome(deps: VerifierDeps, what: What, some: readonly Reached[]): Promise<number> {
  const sees = await Promise.all(some.map(async ({ person }) => (await rolesOf(deps, person)).length > 0));
  return deps.db.$transaction(async (tx) => {
    let sent = 0;
    for (const [index, told] of some.entries()) if (await leave(tx, what, told, sees[index] === true)) sent += 1;
    return sent;
  });
}

/** Somebody to be told, with what is done about their mail. */
type Reached = ToldPerson & { mail: { to: string } | 'no-address' | 'not-by-mail' };

/** With an address for each, unless somebody before has the same: who has two accounts gets one mail. */
function reached({ tellsByMail }: VerifierDeps, told: readonly ToldPerson[]): Reached[] {
  const taken = new Set<string>();
  return told.map((one) => {
    const to = plainAddress(one.person.mail);
    if (!tellsByMail || (to !== undefined && taken.has(to.toLowerCase()))) return { ...one, mail: 'not-by-mail' };
    if (to === undefined) return { ...one, mail: 'no-address' };
    taken.add(to.toLowerCase());
    return { ...one, mail: { to } };
  });
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
  if (said.operation === 'replace-factors') {
    const why = isRefusalCode(refusal) ? refusal : null;
    return replacementToTell(moment, { replaced: said.replaced.length > 0, waits: state === 'cooling-off', refusal: why });
  }
  if (moment === 'requested') return 'requested';
  const claims = await db.writeClaim.findMany({ where: { resetId: id }, select: { state: true, operation: true } });
  const ended = { state: state as ResetState, refusal: isRefusalCode(refusal) ? refusal : null }; // the worker writes only these states
  return endToTell(
    ended,
    claims.map((claim) => ({ state: claim.state, operation: claim.operation === 'unlock' ? 'unlock' : 'new-password' })),
  );
}

async function people(deps: VerifierDeps, account: string, said: Said, outcome: MessageOutcome): Promise<ToldPerson[]> {
  const { policy } = await frozenPolicy(deps.db, said.identified.policy);
  const rule = ruleOf(policy, said.identified.rule);
  const holder = await deps.people.read(account);
  // An account that is gone, or was never one of a rule, has nobody to be told any more.
  if (!rule || !holder) return [];
  const isProtected = said.identified.protected || holder.protectedBy !== undefined;
  const deciders = new Set(said.decisions.map(({ person }) => person));
  return whomToTell(deps, { policy, rule, holder, isProtected, when: toldWhen(outcome), deciders: [...deciders] });
}

interface What {
  reset: string;
  moment: TellingMoment;
  outcome: MessageOutcome;
  /** The name of whose account it is. */
  account: string;
  /** When the wait ends that it tells of (RFC 3339). */
  until: string | null;
}

/** `sees`: whether they can sign in to the console, where it is shown. False when they were told before. */
async function leave(
  tx: Transaction,
  { reset, moment, outcome, account, until }: What,
  { person, by, mail }: Reached,
  sees: boolean,
): Promise<boolean> {
  const id = uuidv7();
  // The address stays until the relay has taken the mail, and goes then.
  const waiting = typeof mail === 'object' ? { mailState: 'waiting', mailTo: mail.to } : {};
  const data = [
    { id, resetId: reset, moment, outcome, person: person.guid, personSid: person.sid, toldBy: by, account, until, ...waiting },
  ];
  if ((await tx.message.createMany({ data, skipDuplicates: true })).count === 0) return false;
  const facts = { message: id, says: outcome, to: { guid: person.guid, sid: person.sid }, by };
  const about = { type: 'message.sent', reset, actor: { type: 'service', name: VERIFIER } } as const;
  const seen = sees ? ({ outcome: 'success' } as const) : ({ outcome: 'failure', reason: 'no-console-role' } as const);
  await recordLeaf(tx, { ...about, ...seen, do: { ...facts, channel: 'console' } }, VERIFIER);
  if (mail === 'no-address')
    await recordLeaf(tx, { ...about, outcome: 'failure', reason: 'no-address', do: { ...facts, channel: 'mail' } }, VERIFIER);
  await tx.$executeRaw`SELECT pg_notify('countersign', ${`messages:${person.guid}`})`;
  return true;
}
