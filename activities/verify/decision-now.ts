import type { CardRecord, DecisionMethod, SignedRecord } from '#domain/attestation.ts';
import { decisionStatement, shownLines, shownText, type ResetShown } from '#domain/decision-statement.ts';
import type { Policy } from '#domain/policy.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import { parseCheckpoint } from '#evidence/checkpoint.ts';
import { canonical } from '#evidence/jcs.ts';
import { commitment } from '#evidence/leaf.ts';
import { parseNote } from '#evidence/signed-note.ts';
import type { Committed } from '#prisma/leaves.ts';
import type { Transaction } from '#db';
import { openCeremony } from './ceremony.ts';
import type { DecisionAsked } from './confirm-decision.ts';
import type { OurDelegation } from './delegations.ts';
import type { Said } from './statements.ts';
import type { Typed } from './typed.ts';

export type Unconfirmed = { refusal: RefusalCode; fault?: string };
export type Confirmed = {
  method: DecisionMethod;
  credential: string;
  consumed: string;
  signed?: SignedRecord;
  card?: CardRecord;
  shown?: Committed;
};
export type Signature = Extract<Typed<'decision'>['by'], { ceremony: string }>;

export interface Confirming {
  asked: DecisionAsked;
  /** What the approver sealed, when it is about just this decision. */
  typed: Typed<'decision'> | undefined;
  said: Said;
  policy: Policy;
  /** What the rule and the floor take. */
  methods: readonly DecisionMethod[];
  /** The delegation that it is taken under. */
  inPlaceOf: OurDelegation | undefined;
}

/**
 * The statement is put together here, from what this process knows: the reset's row, its own statements, the ceremony. What
 * the approver's page said is believed in nothing; if it said anything else, the signature is over something else. Undefined when the ceremony is over.
 */
export async function statementNow(
  tx: Transaction,
  { asked, said, inPlaceOf }: Confirming,
  by: Pick<Signature, 'ceremony' | 'salt' | 'evidence'>,
  purposeOf: (approval: string) => string,
): Promise<{ text: string; consumed: string; shown: Committed } | undefined> {
  const approval = await tx.approval.findUnique({
    where: { resetId_stage: { resetId: asked.reset, stage: asked.stage } },
    select: { id: true, label: true },
  });
  const ceremony =
    approval && (await openCeremony(tx, { ceremony: by.ceremony, account: asked.approver, purpose: purposeOf(approval.id) }));
  if (!approval || !ceremony || !(await isKnown(tx, by.evidence))) return undefined;
  const shown = {
    value: shownText(await linesOf(tx, asked, said, { label: approval.label, inPlaceOf })),
    salt: Buffer.from(by.salt, 'base64'),
  };
  const { policy, rule } = said.identified;
  const text = canonical(
    decisionStatement({
      approval: approval.id,
      reset: asked.reset,
      run: asked.run,
      account: asked.account,
      operation: said.operation,
      approver: asked.approver,
      onBehalfOf: inPlaceOf ? { person: inPlaceOf.facts.from, delegation: inPlaceOf.facts.id } : null,
      stage: asked.stage,
      decision: asked.decision,
      reason: asked.reason,
      policy: { sha256: policy, rule: rule ?? '' },
      shown: commitment(shown.value, shown.salt),
      nonce: ceremony.ceremony,
      notAfter: ceremony.notAfter,
      evidence: by.evidence,
    }),
  );
  return { text, consumed: ceremony.consumed, shown };
}

/** Whether the checkpoint that the page knew is one of this log: of the last one all is known, of an earlier one its size. */
export async function isKnown(tx: Transaction, evidence: Signature['evidence']): Promise<boolean> {
  const head = await tx.logHead.findFirst({ select: { published: true } });
  if (evidence === null || !head?.published) return evidence === null && !head?.published;
  const last = parseCheckpoint(parseNote(head.published).text);
  const size = BigInt(evidence.size);
  return size < last.size || (size === last.size && evidence.root === last.root.toString('base64'));
}

type Labelled = { label: string } & Pick<Confirming, 'inPlaceOf'>;

async function linesOf(tx: Transaction, asked: DecisionAsked, said: Said, { label, inPlaceOf }: Labelled): Promise<string[]> {
  return shownLines({
    ...(await resetShown(tx, asked, said)),
    stage: asked.stage,
    label,
    inPlaceOf: inPlaceOf && {
      name: inPlaceOf.row.fromName,
      person: inPlaceOf.facts.from,
      until: inPlaceOf.row.until,
      madeBy: inPlaceOf.row.officerNames,
    },
  });
}

/** What every page on which somebody signs says about a reset. */
export async function resetShown(
  tx: Transaction,
  { reset, account }: Pick<DecisionAsked, 'reset' | 'account'>,
  said: Said,
): Promise<ResetShown> {
  const row = await tx.reset.findUniqueOrThrow({
    where: { id: reset },
    select: { displayName: true, accountName: true, protectedBy: true, source: true, startedAt: true },
  });
  // The claimant may come back with another factor while people decide: that changes nothing of what they were shown.
  const askedAt = said.approvers[0]?.at ?? '';
  const before = (statements: readonly { at: string; method: string }[]) =>
    statements.flatMap(({ at, method }) => (at <= askedAt ? [method] : []));
  const devices = said.proofs.flatMap((one) => (one.method === 'known-device' && one.at <= askedAt ? [one.credential] : []));
  const knownBy = await tx.device.findMany({ where: { id: { in: devices } }, orderBy: { name: 'asc' }, select: { name: true } });
  return {
    ...row,
    reset,
    operation: said.operation,
    account,
    displayName: row.displayName ?? '',
    accountName: row.accountName ?? '',
    proofs: before(said.proofs),
    factors: before(said.factors),
    knownBy: knownBy.map(({ name }) => name),
  };
}
