import { samePerson, type AccountFacts, type Identity } from './account.ts';
import { whyNotDecide, type ResolvedSource } from './approval.ts';
import type { ApproverSource } from './approval-stage.ts';
import { peopleOfDecision, type ApproversNamed, type BreakGlassSigned, type DecisionConfirmed } from './attestation.ts';
import type { RefusalCode } from './refusals.ts';
import { asFrozen, frozenAccounts } from './same-people.ts';

/** So many different officers sign break-glass, whatever a policy says. */
export const LEAST_OFFICERS = 2;

/** A review that is open for longer is overdue. */
export const REVIEW_DAYS = 7;

/** That a rule allows break-glass: who may let a reset go on that its approvers or the witnesses do not let go on. */
export interface BreakGlass {
  officers: number;
  from: readonly ApproverSource[];
  /** Seconds for which a signature holds: enough have to hold when the password is written. */
  expire: number;
}

export interface BreakGlassQuestion {
  /** What the rule allows; undefined: no break-glass. */
  allowed: BreakGlass | undefined;
  /** Signed statements of this reset, run and account. */
  named: readonly ApproversNamed[];
  signatures: readonly BreakGlassSigned[];
  decisions: readonly DecisionConfirmed[];
  claimant: AccountFacts;
  issuers: readonly AccountFacts[];
  /** Everybody who signed or decided, read just now; a person missing here no longer exists. */
  people: ReadonlyMap<string, AccountFacts>;
  /** What the sources of officers are now. */
  sources: readonly ResolvedSource[];
  lastResets: ReadonlyMap<string, Date>;
  factorChanges: ReadonlyMap<string, Date>;
  /** Ids of the signatures that were checked themselves. */
  signed: ReadonlySet<string>;
  coolingOffSeconds: number;
  /** When the claimant had passed proof and factor, in ms; nothing from before counts. */
  provenAt: number;
  slackMs: number;
  now: Date;
}

/**
 * What the signatures of the officers come to. `until` is the moment (ms) after which too few of them hold; `unwitnessed`
 * says that enough of them also let it be written before the witnesses have cosigned.
 */
export type BreakGlassGiven = { given: true; until: number; unwitnessed: boolean } | { given: false; why: RefusalCode };

/**
 * Whether enough different officers have signed, all frozen when approval was asked for and still officers, with every
 * conflict that stands in the way of an approver; whoever decided in this reset already is no second pair of eyes. The
 * same answer to the verifier, the writer and an auditor.
 */
export function breakGlassGiven(q: BreakGlassQuestion): BreakGlassGiven {
  if (!q.allowed) return { given: false, why: 'break-glass-not-allowed' };
  const holds = q.allowed.expire * 1000;
  const counted: { person: AccountFacts; signature: BreakGlassSigned }[] = [];
  let refused: RefusalCode | undefined;
  for (const signature of q.signatures.toSorted(byTime)) {
    const why = whyNotCounted(q, signature, { holds, earlier: counted.map(({ person }) => person) });
    const person = q.people.get(signature.person);
    if (why || !person) refused ??= why ?? 'officer-needed';
    else counted.push({ person, signature });
  }
  // Who signed last holds longest.
  const enough = counted.slice(-q.allowed.officers);
  const [first] = enough;
  if (!first || enough.length < q.allowed.officers) return { given: false, why: refused ?? 'evidence-missing' };
  const boldly = counted.filter(({ signature }) => signature.unwitnessed);
  return { given: true, until: at(first.signature) + holds, unwitnessed: boldly.length >= q.allowed.officers };
}

function whyNotCounted(
  q: BreakGlassQuestion,
  signature: BreakGlassSigned,
  { holds, earlier }: { holds: number; earlier: readonly AccountFacts[] },
): RefusalCode | undefined {
  const moment = at(signature);
  if (!q.signed.has(signature.id) || moment < q.provenAt - q.slackMs) return 'evidence-missing';
  if (!(q.now.getTime() <= moment + holds)) return 'break-glass-over';
  const officer = q.people.get(signature.person);
  if (!officer) return 'officer-needed';
  return whyNotSign({ ...q, officer, earlier, now: new Date(moment) });
}

/** Why this officer may not sign, or undefined when they may; `earlier`: those whose signatures count already. */
export function whyNotSign(
  q: Omit<BreakGlassQuestion, 'signatures' | 'signed' | 'provenAt' | 'slackMs'> & {
    officer: AccountFacts;
    earlier: readonly Identity[];
  },
): RefusalCode | undefined {
  const frozen = frozenOfficers(q.named);
  if (!q.allowed || !frozen) return 'break-glass-not-allowed';
  // Of who left since, only what was frozen tells which accounts were theirs.
  const gone = (guid: string): Identity => asFrozen({ guid, employeeId: undefined }, frozenAccounts(q.named));
  const decided = q.decisions.flatMap(peopleOfDecision).map((guid) => q.people.get(guid) ?? gone(guid));
  const why = whyNotDecide({
    approver: q.officer,
    inPlaceOf: undefined,
    claimant: q.claimant,
    methods: ['passkey'],
    frozen,
    sources: q.sources,
    issuers: q.issuers,
    decided: [...decided, ...q.earlier],
    lastOwnReset: q.lastResets.get(q.officer.guid),
    lastFactorChange: q.factorChanges.get(q.officer.guid),
    coolingOffSeconds: q.coolingOffSeconds,
    now: q.now,
  });
  return why === 'not-an-approver' ? 'officer-needed' : why;
}

/** The one list of officers that was frozen. Two that differ would let a lying worker choose between them, so they are none. */
export function frozenOfficers(named: readonly ApproversNamed[]): readonly string[] | undefined {
  const [first, ...others] = named;
  if (!first?.breakGlass) return undefined;
  const text = JSON.stringify(first.breakGlass);
  return others.every((other) => JSON.stringify(other.breakGlass) === text) ? first.breakGlass : undefined;
}

/**
 * Why somebody may not close the review of a break-glass, or undefined when they may: a third person, who took no part in
 * the reset, be it by another account.
 */
export function whyNotReview(reviewer: Identity, involved: readonly Identity[]): RefusalCode | undefined {
  return involved.some((one) => samePerson(one, reviewer)) ? 'review-third-person' : undefined;
}

function at(statement: { at: string }): number {
  return Date.parse(statement.at);
}

function byTime(a: BreakGlassSigned, b: BreakGlassSigned): number {
  return at(a) - at(b) || (a.id < b.id ? -1 : 1);
}
