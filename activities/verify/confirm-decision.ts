import type { Asked, DecisionChecked } from '#activities/contract.ts';
import type { AccountFacts } from '#domain/account.ts';
import { delegationBody } from '#domain/delegation.ts';
import { stagesFor } from '#domain/factor-replacement.ts';
import { mayDecideBy } from '#domain/policy.ts';
import { canonical } from '#evidence/jcs.ts';
import type { Transaction } from '#db';
import { recordLeaf } from '#activities/record-leaf.ts';
import { confirmedBy } from './confirmed-by.ts';
import type { Unconfirmed } from './decision-now.ts';
import { DecidedMeanwhile, decisionsNow, peopleConcerned, whyNotCount } from './decision-question.ts';
import type { OurDelegation } from './delegations.ts';
import { VERIFIER, type VerifierDeps } from './deps.ts';
import { frozenPolicy, ruleOf } from './frozen-policy.ts';
import { earlierOutcome, once, type Attempt } from './once.ts';
import { openTyped } from './open-typed.ts';
import { attest, statementsOf } from './statements.ts';
import { fromWhere, type Typed } from './typed.ts';

export type DecisionAsked = Asked & {
  account: string;
  approver: string;
  delegation?: string | undefined;
  stage: number;
  decision: 'approve' | 'deny';
  reason: string;
};

/**
 * Confirms one decision: everybody concerned is read from the directory as they are now, the rules of domain/approval.ts
 * are asked, and only then the approver's own signature is checked, or their one-time code burned where the rule takes
 * one, and the decision attested. A refusal burns nothing.
 */
export async function confirmDecision(deps: VerifierDeps, asked: DecisionAsked): Promise<DecisionChecked> {
  const attempt = { subject: asked.reset, updateId: asked.updateId, sealed: asked.sealed };
  const earlier = await earlierOutcome<DecisionChecked>(deps, attempt);
  if (earlier) return earlier;
  for (;;) {
    try {
      return await confirmOnce(deps, asked, attempt);
    } catch (error) {
      // Somebody else's decision came between the reading and the judging: everybody is read again.
      if (!(error instanceof DecidedMeanwhile)) throw error;
    }
  }
}

async function confirmOnce(deps: VerifierDeps, asked: DecisionAsked, attempt: Attempt): Promise<DecisionChecked> {
  const opened = await openTyped(deps, 'decision', asked.sealed, asked.reset);
  const typed = opened && isSameDecision(opened, asked) ? opened : undefined;
  const said = await statementsOf(deps.db, deps, asked);
  const { policy } = await frozenPolicy(deps.db, said.identified.policy);
  const rule = ruleOf(policy, said.identified.rule);
  const stages = stagesFor(rule, said.operation);
  const people = await peopleConcerned(deps, asked, { said, stage: stages[asked.stage], policy });
  const by = { approver: people.approver, typed };

  return once<DecisionChecked>(deps, attempt, async (tx) => {
    const decisions = await decisionsNow(tx, deps, asked);
    // A verifier that died after signing left a decision that nobody heard of: the same one, asked again, is that one.
    const signed = decisions.find((d) => isSameDecision({ ...d, approver: d.person, delegation: d.onBehalfOf?.delegation }, asked));
    if (signed) return { outcome: { outcome: 'confirmed', decision: signed.decision, approver: signed.person, attestation: signed.id } };
    const methods = rule ? mayDecideBy(rule, said.identified.protected || people.claimant?.protectedBy !== undefined) : [];
    const why = await whyNotCount(tx, asked, { policy, stages, people, decisions, methods });
    if (why) return { outcome: await refuse(tx, asked, by, { refusal: why }) };
    const { inPlaceOf } = people;
    const confirmed = await confirmedBy(tx, deps, { asked, typed, said, policy, methods, inPlaceOf });
    if ('refusal' in confirmed) return { outcome: await refuse(tx, asked, by, confirmed) };
    const { method, credential, consumed, signed: record, card, shown } = confirmed;
    const attestation = await attest(tx, deps, {
      kind: 'decision',
      reset: asked.reset,
      run: asked.run,
      account: asked.account,
      operation: said.operation,
      person: asked.approver,
      stage: asked.stage,
      decision: asked.decision,
      reason: asked.reason,
      method,
      credential,
      ...(inPlaceOf ? { onBehalfOf: onBehalfOf(inPlaceOf) } : {}),
      ...(record ? { signed: record } : {}),
      ...(card ? { card } : {}),
    });
    await recordLeaf(
      tx,
      {
        type: 'approval.decided',
        outcome: asked.decision === 'approve' ? 'success' : 'denied',
        reset: asked.reset,
        update: asked.updateId,
        actor: {
          type: 'person',
          guid: asked.approver,
          sid: people.approver?.sid ?? null,
          auth: { method, aal: '2', cred: credential },
        },
        do: {
          operation: said.operation,
          stage: asked.stage,
          decision: asked.decision,
          reason: asked.reason,
          attestation,
          credential,
          ...(inPlaceOf ? { on_behalf_of: inPlaceOf.facts.from, delegation: inPlaceOf.facts.id } : {}),
        },
        personal: { ...fromWhere(typed).personal, ...(shown ? { shown } : {}) },
      },
      VERIFIER,
    );
    return { outcome: { outcome: 'confirmed', decision: asked.decision, approver: asked.approver, attestation }, consumed };
  });
}

/** The approver sealed what they decided; a worker that asks for anything else gets what a wrong code gets. */
function isSameDecision(typed: Omit<Typed<'decision'>, 'by'>, asked: DecisionAsked): boolean {
  return (
    typed.approver === asked.approver &&
    typed.delegation === asked.delegation &&
    typed.stage === asked.stage &&
    typed.decision === asked.decision &&
    typed.reason === asked.reason
  );
}

/** With its text and signature, so that writer and auditor need nobody's word for it. */
function onBehalfOf({ facts, row }: OurDelegation) {
  const record = { text: canonical(delegationBody(facts)), signature: Buffer.from(row.signature).toString('base64url') };
  return { person: facts.from, delegation: facts.id, record };
}

async function refuse(
  tx: Transaction,
  asked: DecisionAsked,
  { approver, typed }: { approver: AccountFacts | undefined; typed: Typed<'decision'> | undefined },
  { refusal: code, fault }: Unconfirmed,
): Promise<DecisionChecked> {
  await recordLeaf(
    tx,
    {
      type: 'approval.refused',
      outcome: 'denied',
      reset: asked.reset,
      update: asked.updateId,
      actor: { type: 'person', guid: asked.approver, sid: approver?.sid ?? null },
      reason: code,
      do: {
        stage: asked.stage,
        decision: asked.decision,
        ...(asked.delegation === undefined ? {} : { delegation: asked.delegation }),
        ...(fault ? { fault } : {}),
      },
      ...fromWhere(typed),
    },
    VERIFIER,
  );
  return { outcome: 'refused', code };
}
