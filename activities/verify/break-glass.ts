import type { BreakGlassChecked } from '#activities/break-glass-contract.ts';
import type { Asked } from '#activities/contract.ts';
import { raiseAlarm } from '#activities/raise-alarm.ts';
import { recordLeaf } from '#activities/record-leaf.ts';
import type { AccountFacts } from '#domain/account.ts';
import type { ResolvedSource } from '#domain/approval.ts';
import { peopleOfStatement, type BreakGlassSigned } from '#domain/attestation.ts';
import { breakGlassGiven, whyNotSign, type BreakGlassQuestion } from '#domain/break-glass.ts';
import type { Policy } from '#domain/policy.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import { frozenAccounts } from '#domain/same-people.ts';
import type { Transaction } from '#db';
import { signBreakGlass } from './break-glass-signature.ts';
import type { Unconfirmed } from './decision-now.ts';
import { DecidedMeanwhile, takeDecisionTurn } from './decision-question.ts';
import { VERIFIER, type VerifierDeps } from './deps.ts';
import { frozenPolicy, ruleOf } from './frozen-policy.ts';
import { lastChanges } from './last-changes.ts';
import { databaseTime, earlierOutcome, once, type Attempt } from './once.ts';
import { openTyped } from './open-typed.ts';
import { withAccounts, type Person } from './people.ts';
import { openReview } from './reviews.ts';
import { attest, statementsOf, type Said } from './statements.ts';
import { fromWhere, type Typed } from './typed.ts';

export type BreakGlassAsked = Asked & { account: string; officer: string; unwitnessed: boolean; reason: string };

/**
 * One security officer's signature under break-glass: everybody concerned is read from the directory as they are now, the
 * rule of domain/break-glass.ts is asked, and only then the officer's own signature is checked and attested. The first one
 * opens the review. `given` when enough of them hold now. A refusal uses up nothing.
 */
export async function breakGlass(deps: VerifierDeps, asked: BreakGlassAsked): Promise<BreakGlassChecked> {
  const attempt = { subject: asked.reset, updateId: asked.updateId, sealed: asked.sealed };
  const earlier = await earlierOutcome<BreakGlassChecked>(deps, attempt);
  if (earlier) return earlier;
  for (;;) {
    try {
      return await signOnce(deps, asked, attempt);
    } catch (error) {
      // Somebody decided or signed between the reading and the judging: everybody is read again.
      if (!(error instanceof DecidedMeanwhile)) throw error;
    }
  }
}

async function signOnce(deps: VerifierDeps, asked: BreakGlassAsked, attempt: Attempt): Promise<BreakGlassChecked> {
  const opened = await openTyped(deps, 'break-glass', asked.sealed, asked.reset);
  // Sealed by whoever was signed in: the worker cannot put it on somebody else, nor make it mean more.
  const typed =
    opened?.officer === asked.officer && opened.reason === asked.reason && opened.unwitnessed === asked.unwitnessed ? opened : undefined;
  const before = await statementsOf(deps.db, deps, asked);
  const { policy } = await frozenPolicy(deps.db, before.identified.policy);
  // Nobody stands in for those who approve a replacement of factors.
  const allowed = before.operation === 'replace-factors' ? undefined : ruleOf(policy, before.identified.rule)?.breakGlass;
  const people = await peopleOf(deps, asked, before, policy);
  const officer = people.get(asked.officer);
  const claimant = people.get(asked.account);
  const sources = claimant && allowed ? await deps.people.sources(claimant, allowed.from, policy.roles) : [];

  return once<BreakGlassChecked>(deps, attempt, async (tx) => {
    await takeDecisionTurn(tx, asked.reset);
    const said = await statementsOf(tx, deps, asked);
    if (said.decisions.length + said.breakGlass.length !== before.decisions.length + before.breakGlass.length) throw new DecidedMeanwhile();
    const refuse = async (unconfirmed: Unconfirmed) => ({ outcome: await refused(tx, asked, { officer, typed }, unconfirmed) });
    if (!claimant) return refuse({ refusal: 'account-changed' });
    const q = await question(tx, { said, policy, people, claimant, sources, allowed });
    const why = whyNot(q, said, officer, asked);
    if (why || !officer || !allowed) return refuse({ refusal: why ?? 'officer-needed' });
    const confirmed = await signBreakGlass(tx, deps, { asked, typed, said, officers: allowed.officers });
    if ('refusal' in confirmed) return refuse(confirmed);
    const { credential, consumed, signed, shown } = confirmed;
    const { reset, run, account, unwitnessed, reason } = asked;
    const review = await openReview(tx, { reset, officer, at: q.now });
    const attestation = await attest(tx, deps, {
      kind: 'break-glass',
      reset,
      run,
      account,
      operation: said.operation,
      person: officer.guid,
      unwitnessed,
      reason,
      review: review.id,
      method: 'passkey',
      credential,
      signed,
    });
    const { breakGlass: signatures } = await statementsOf(tx, deps, asked);
    const holding = signatures.filter((one) => holds(one, q.now, allowed.expire));
    const [first] = holding;
    const openedAt = new Date(first?.at ?? q.now);
    const judged = breakGlassGiven({ ...q, signatures, signed: new Set(signatures.map(({ id }) => id)) });
    // What is begun runs out with its first signature.
    const ends = new Date(judged.given ? judged.until : openedAt.getTime() + allowed.expire * 1000);
    await keepState(tx, people, { reset, unwitnessed, holding, given: judged.given, openedAt, ends });
    const auth = { method: 'passkey', aal: '2', cred: credential } as const;
    const leaf = {
      reset,
      update: asked.updateId,
      actor: { type: 'person', guid: officer.guid, sid: officer.sid, auth },
      personal: { ...fromWhere(typed).personal, shown },
    } as const;
    const counts = { signatures: holding.length, officers: allowed.officers, given: judged.given, until: ends.toISOString() };
    const facts = { reason, attestation, credential, unwitnessed, review: review.id, ...counts };
    await recordLeaf(tx, { ...leaf, type: 'break-glass.signed', outcome: 'success', do: facts }, VERIFIER);
    if (review.isNew)
      await recordLeaf(
        tx,
        { type: 'review.opened', outcome: 'success', reset, actor: leaf.actor, do: { review: review.id, by: 'break-glass' } },
        VERIFIER,
      );
    // Each beginning calls, also one after signatures that ran out.
    const alarm = { reset, subject: attestation, do: { review: review.id, unwitnessed } };
    if (holding.length === 1) await raiseAlarm(tx, { kind: 'break-glass-begun', ...alarm }, VERIFIER);
    if (judged.given) await raiseAlarm(tx, { kind: 'break-glass-given', ...alarm }, VERIFIER);
    const given = judged.given ? { until: ends.toISOString(), unwitnessed: judged.unwitnessed } : null;
    return { outcome: { outcome: 'signed', attestation, until: ends.toISOString(), given }, consumed };
  });
}

type Known = Omit<BreakGlassQuestion, 'signatures' | 'signed'>;

function whyNot(q: Known, said: Said, officer: Person | undefined, asked: BreakGlassAsked): RefusalCode | undefined {
  if (said.locks.length > 0 || said.decisions.some(({ decision }) => decision === 'deny')) return 'break-glass-closed';
  if (!officer) return 'officer-needed';
  const standing = said.breakGlass.filter((one) => holds(one, q.now, q.allowed?.expire ?? 0));
  const earlier = standing.map(({ person }) => q.people.get(person) ?? { guid: person, employeeId: undefined });
  const why = whyNotSign({ ...q, officer, earlier });
  if (why) return why;
  return standing.some(({ unwitnessed }) => unwitnessed !== asked.unwitnessed) ? 'break-glass-differs' : undefined;
}

function holds(signature: BreakGlassSigned, now: Date, seconds: number): boolean {
  return now.getTime() <= Date.parse(signature.at) + seconds * 1000;
}

/** Everybody whom it concerns, as the directory has them now; whoever is gone is left out. */
async function peopleOf(
  deps: VerifierDeps,
  { account, officer }: BreakGlassAsked,
  said: Said,
  policy: Policy,
): Promise<Map<string, Person>> {
  const guids = [account, officer, ...[...said.proofs, ...said.decisions, ...said.breakGlass].flatMap(peopleOfStatement)];
  const read = await Promise.all([...new Set(guids)].map((guid) => deps.people.read(guid)));
  const whole = await withAccounts(deps.people, policy.identities, read, frozenAccounts(said.approvers));
  return new Map(read.flatMap((person) => (person ? [[person.guid, whole(person)] as const] : [])));
}

async function question(
  tx: Transaction,
  known: {
    said: Said;
    policy: Policy;
    people: ReadonlyMap<string, Person>;
    claimant: AccountFacts;
    sources: readonly ResolvedSource[];
    allowed: BreakGlassQuestion['allowed'];
  },
): Promise<Known> {
  const { said, policy, people, claimant, sources, allowed } = known;
  const changes = await lastChanges(tx, [...people.keys()]);
  const dated = (pick: 'lastOwnReset' | 'lastFactorChange') =>
    new Map([...people.keys()].flatMap((guid) => (changes(guid)[pick] ? [[guid, changes(guid)[pick] as Date] as const] : [])));
  return {
    allowed,
    named: said.approvers,
    decisions: said.decisions,
    claimant,
    issuers: said.proofs.flatMap(({ issuer }) => (issuer ? (people.get(issuer) ?? []) : [])),
    people,
    sources,
    lastResets: dated('lastOwnReset'),
    factorChanges: dated('lastFactorChange'),
    coolingOffSeconds: policy.timers.coolingOff,
    // Approvers were asked only when the claimant had proven who they are.
    provenAt: Date.parse(said.approvers[0]?.at ?? ''),
    slackMs: 0,
    now: await databaseTime(tx),
  };
}

async function keepState(
  tx: Transaction,
  people: ReadonlyMap<string, Person>,
  state: { reset: string; unwitnessed: boolean; holding: readonly BreakGlassSigned[]; given: boolean; openedAt: Date; ends: Date },
): Promise<void> {
  const { holding, reset, unwitnessed, given, openedAt, ends } = state;
  const signers = holding.map(({ person }) => person);
  await tx.breakGlass.updateMany({
    where: { resetId: reset },
    data: {
      state: given ? 'given' : 'opened',
      openedAt,
      expiresAt: ends,
      unwitnessed,
      signers,
      signerNames: signers.map((guid) => people.get(guid)?.displayName ?? guid),
    },
  });
}

async function refused(
  tx: Transaction,
  asked: BreakGlassAsked,
  { officer, typed }: { officer: Person | undefined; typed: Typed<'break-glass'> | undefined },
  { refusal: code, fault }: Unconfirmed,
): Promise<BreakGlassChecked> {
  await recordLeaf(
    tx,
    {
      type: 'break-glass.refused',
      outcome: 'denied',
      reset: asked.reset,
      update: asked.updateId,
      actor: { type: 'person', guid: asked.officer, sid: officer?.sid ?? null },
      reason: code,
      do: { unwitnessed: asked.unwitnessed, ...(fault ? { fault } : {}) },
      ...fromWhere(typed),
    },
    VERIFIER,
  );
  return { outcome: 'refused', code };
}
