import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import type { Attestation, DecisionConfirmed, Identified } from '#domain/attestation.ts';
import { DECISION_TAG } from '#domain/decision-statement.ts';
import { canonicalOrNothing } from '#evidence/jcs.ts';
import type { RelyingParty } from '#evidence/signed-statement.ts';
import { keyOfRecord, recordFault } from './signed-record.ts';

const guid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const time = z.iso.datetime();

/** Exactly decisionStatement in domain/decision-statement.ts. */
const decision = z.strictObject({
  v: z.literal(1),
  type: z.literal('decision'),
  approval: guid,
  reset: guid,
  workflow: z.string(),
  run: guid,
  account: guid,
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

/** The verifier and a writer may be two hosts, and a decision is attested a moment after its ceremony has ended. */
const SLACK_MS = 60_000;

/**
 * Why a decision by passkey was not signed by its approver, or undefined when it was: by a key that the verifier had
 * enrolled for just this person before, over a statement that says just this decision about just this run of this reset,
 * under the policy that was frozen for it. `party`: whose keys and pages count; without it, those that the record names.
 */
export function whyNotSignedDecision(
  statement: DecisionConfirmed,
  identified: Identified | undefined,
  verifierKey: KeyObject,
  party?: RelyingParty,
): string | undefined {
  const record = statement.signed;
  if (statement.method !== 'passkey' || !record) return 'it was not signed with a passkey';
  const key = keyOfRecord(record, verifierKey);
  if (!key) return "its passkey was not enrolled by the verifier's key";
  if (key.id !== statement.credential || key.account !== statement.person) return 'its passkey is not that of the approver';
  if (Date.parse(key.enrolled) > Date.parse(statement.at)) return 'its passkey was enrolled later';
  const said = readDecision(record.text);
  if (!said) return 'what was signed is no decision';
  if (!saysThis(said, statement, identified)) return 'what was signed is another decision';
  if (!(Date.parse(statement.at) <= Date.parse(said.notAfter) + SLACK_MS)) return 'it was decided after its ceremony had ended';
  const allowed = party ?? record.party;
  if (key.rp !== allowed.id) return 'its passkey was made for another relying party';
  const fault = recordFault(DECISION_TAG, record, key, allowed);
  return fault && `its signature does not hold (${fault})`;
}

function saysThis(
  said: DecisionText,
  { reset, run, account, person, onBehalfOf, stage, decision, reason }: DecisionConfirmed,
  identified: Identified | undefined,
) {
  return (
    said.reset === reset &&
    said.workflow === `reset/${reset}` &&
    said.run === run &&
    said.account === account &&
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

/** The ids of the decisions that their approvers signed, of these statements, each of which carries the verifier's signature. */
export function signedDecisions(statements: readonly Attestation[], verifierKey: KeyObject, party?: RelyingParty): Set<string> {
  const identified = new Map(statements.flatMap((one) => (one.kind === 'identified' ? [[`${one.reset} ${one.run}`, one] as const] : [])));
  const decisions = statements.filter((one): one is DecisionConfirmed => one.kind === 'decision');
  return new Set(
    decisions
      .filter((one) => whyNotSignedDecision(one, identified.get(`${one.reset} ${one.run}`), verifierKey, party) === undefined)
      .map(({ id }) => id),
  );
}
