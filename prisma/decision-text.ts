import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import type { Attestation, BreakGlassSigned, DecisionConfirmed, Identified } from '#domain/attestation.ts';
import { DECISION_TAG } from '#domain/decision-statement.ts';
import { operationIn, OPERATIONS } from '#domain/operation.ts';
import { canonicalOrNothing } from '#evidence/jcs.ts';
import type { RelyingParty } from '#evidence/signed-statement.ts';
import { whyNotSignedBreakGlass } from './break-glass-text.ts';
import { whyNotByCard } from './card-text.ts';
import { SLACK_MS, whyNotSignedBy } from './signed-record.ts';

const guid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const time = z.iso.datetime();

/** Exactly decisionStatement in domain/decision-statement.ts; and what releases before it signed. */
const decision = z.strictObject({
  v: z.literal(1),
  type: z.literal('decision'),
  approval: guid,
  reset: guid,
  workflow: z.string(),
  run: guid,
  account: guid,
  /** Approvals from before there was a choice do not say it (domain/operation.ts). */
  operation: z.enum(OPERATIONS).optional(),
  approver: guid,
  onBehalfOf: z.strictObject({ person: guid, delegation: guid }).nullable(),
  stage: z.int().min(0),
  decision: z.enum(['approve', 'deny']),
  reason: z.string(),
  policy: z.strictObject({ sha256: z.string(), rule: z.string() }),
  shown: z.string(),
  requestCode: z.string(),
  nonce: guid,
  notAfter: time,
  evidence: z.strictObject({ size: z.string().regex(/^(0|[1-9][0-9]{0,18})$/), root: z.string() }).nullable(),
});
export type DecisionText = z.infer<typeof decision>;

/** What an approver signed, read; undefined when it is no such statement. Whether it was signed is another question. */
export function readDecision(text: string): DecisionText | undefined {
  const parsed = decision.safeParse(canonicalOrNothing(text));
  return parsed.success ? parsed.data : undefined;
}

/**
 * Why a decision by passkey or smart card was not signed by its approver, or undefined when it was: as whyNotSignedBy says, over a
 * statement that says just this decision about just this run of this reset, under the policy that was frozen for it.
 */
export function whyNotSignedDecision(
  statement: DecisionConfirmed,
  identified: Identified | undefined,
  verifierKey: KeyObject,
  party?: RelyingParty,
): string | undefined {
  const saysSo = (text: string) => {
    const said = readDecision(text);
    if (!said) return { why: 'what was signed is no decision' };
    return saysThis(said, statement, identified) ? said : { why: 'what was signed is another decision' };
  };
  if (statement.method === 'smart-card') {
    const said = statement.card && saysSo(statement.card.text);
    if (!statement.card || !said) return 'it was not signed with a smart card';
    if ('why' in said) return said.why;
    if (!(Date.parse(statement.at) <= Date.parse(said.notAfter) + SLACK_MS)) return 'it was decided after its ceremony had ended';
    return whyNotByCard(statement, statement.card);
  }
  return whyNotSignedBy(statement, DECISION_TAG, saysSo, verifierKey, party);
}

function saysThis(
  said: DecisionText,
  { reset, run, account, operation, person, onBehalfOf, stage, decision, reason }: DecisionConfirmed,
  identified: Identified | undefined,
) {
  return (
    said.reset === reset &&
    said.workflow === `reset/${reset}` &&
    said.run === run &&
    said.account === account &&
    operationIn(said) === operationIn({ operation }) &&
    said.approver === person &&
    said.onBehalfOf?.person === onBehalfOf?.person &&
    said.onBehalfOf?.delegation === onBehalfOf?.delegation &&
    said.stage === stage &&
    said.decision === decision &&
    said.reason === reason &&
    said.policy.sha256 === identified?.policy &&
    said.policy.rule === identified.rule
  );
}

/** The ids of the decisions, and of the signatures under break-glass, that these people signed, of statements that each carry the verifier's signature. */
export function signedDecisions(statements: readonly Attestation[], verifierKey: KeyObject, party?: RelyingParty): Set<string> {
  const identified = new Map(statements.flatMap((one) => (one.kind === 'identified' ? [[`${one.reset} ${one.run}`, one] as const] : [])));
  const whyNot = (one: DecisionConfirmed | BreakGlassSigned): string | undefined => {
    const frozen = identified.get(`${one.reset} ${one.run}`);
    return one.kind === 'decision'
      ? whyNotSignedDecision(one, frozen, verifierKey, party)
      : whyNotSignedBreakGlass(one, frozen, verifierKey, party);
  };
  return new Set(
    statements.flatMap((one) => ((one.kind === 'decision' || one.kind === 'break-glass') && whyNot(one) === undefined ? [one.id] : [])),
  );
}
