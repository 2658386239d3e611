import type { Asked, DecisionChecked } from '#activities/contract.ts';
import type { AccountFacts } from '#domain/account.ts';
import { whyNotDecide } from '#domain/approval.ts';
import type { ApprovalStage, Policy } from '#domain/policy.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import type { Transaction } from '#db';
import { recordLeaf } from '#activities/record-leaf.ts';
import { forgiveAttempt, raiseAttempts } from './attempts.ts';
import { factorKey } from './check-factor.ts';
import { checkTotp } from './check-totp.ts';
import { nobodyIn } from './counted-as.ts';
import { VERIFIER, type VerifierDeps } from './deps.ts';
import { frozenPolicy, ruleOf } from './frozen-policy.ts';
import { databaseTime, earlierOutcome, once } from './once.ts';
import { openTyped } from './open-typed.ts';
import { attest, statementsOf, type Said } from './statements.ts';
import { fromWhere, type Typed } from './typed.ts';

export type DecisionAsked = Asked & { account: string; approver: string; stage: number; decision: 'approve' | 'deny'; reason: string };

/**
 * Confirms one decision: everybody concerned is read from the directory as they are now, the rules of domain/approval.ts
 * are asked, and only then the approver's own one-time code is burned and the decision signed. A refusal burns no code.
 */
export async function confirmDecision(deps: VerifierDeps, asked: DecisionAsked): Promise<DecisionChecked> {
  const attempt = { subject: asked.reset, updateId: asked.updateId, sealed: asked.sealed };
  const earlier = await earlierOutcome<DecisionChecked>(deps, attempt);
  if (earlier) return earlier;

  const opened = await openTyped(deps, 'decision', asked.sealed, asked.reset);
  const typed = opened && isSameDecision(opened, asked) ? opened : undefined;
  const said = await statementsOf(deps.db, deps, asked);
  const { policy } = await frozenPolicy(deps.db, said.identified.policy);
  const stage = ruleOf(policy, said.identified.rule)?.approvals[asked.stage];
  const people = await peopleConcerned(deps, asked, said, stage);
  const by = { approver: people.approver, typed };
  const key = factorKey(typed ? asked.approver : nobodyIn(asked.reset));

  return once<DecisionChecked>(deps, attempt, async (tx) => {
    const decisions = await decisionsNow(tx, deps, asked);
    // A verifier that died after signing left a decision that nobody heard of: the same one, asked again, is that one.
    const signed = decisions.find((d) => isSameDecision({ ...d, approver: d.person }, asked));
    if (signed) return { outcome: { outcome: 'confirmed', decision: signed.decision, approver: signed.person, attestation: signed.id } };
    const why = await whyNot(tx, asked, { policy, stage, people, decisions });
    if (why) return { outcome: await refuse(tx, asked, by, why) };
    const mayCount = await raiseAttempts(tx, key, policy.attempts.perAccountPerHour);
    const passed = await checkTotp(
      tx,
      deps,
      mayCount && typed ? asked.approver : undefined,
      typed?.value,
      policy.attempts.perAuthenticator,
    );
    if (!passed) return { outcome: await refuse(tx, asked, by, 'factor-not-accepted') };
    await forgiveAttempt(tx, key);
    const { credential, consumed } = passed;
    const attestation = await attest(tx, deps, {
      kind: 'decision',
      reset: asked.reset,
      run: asked.run,
      account: asked.account,
      person: asked.approver,
      stage: asked.stage,
      decision: asked.decision,
      reason: asked.reason,
      method: 'totp',
      credential,
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
          auth: { method: 'totp', aal: '2', cred: credential },
        },
        do: { stage: asked.stage, decision: asked.decision, reason: asked.reason, attestation, credential },
        ...fromWhere(typed),
      },
      VERIFIER,
    );
    return { outcome: { outcome: 'confirmed', decision: asked.decision, approver: asked.approver, attestation }, consumed };
  });
}

/** The approver sealed what they decided; a worker that asks for anything else gets what a wrong code gets. */
function isSameDecision(typed: Omit<Typed<'decision'>, 'value'>, asked: DecisionAsked): boolean {
  return (
    typed.approver === asked.approver && typed.stage === asked.stage && typed.decision === asked.decision && typed.reason === asked.reason
  );
}

interface Concerned {
  approver: AccountFacts | undefined;
  claimant: AccountFacts | undefined;
  issuers: Pick<AccountFacts, 'guid' | 'employeeId'>[];
  decided: Pick<AccountFacts, 'guid' | 'employeeId'>[];
  groupSid: string | undefined;
}

async function peopleConcerned(
  { people }: VerifierDeps,
  asked: DecisionAsked,
  said: Said,
  stage: ApprovalStage | undefined,
): Promise<Concerned> {
  // Somebody who left since keeps their GUID in the rules; only the employee number is lost with them.
  const read = async (guid: string) => (await people.read(guid)) ?? { guid, employeeId: undefined };
  return {
    approver: await people.read(asked.approver),
    claimant: await people.read(asked.account),
    issuers: await Promise.all(said.proofs.flatMap((p) => (p.issuer ? [read(p.issuer)] : []))),
    decided: await Promise.all(said.decisions.map((d) => read(d.person))),
    groupSid: stage && 'group' in stage.by ? await people.groupSid(stage.by.group) : undefined,
  };
}

/** What was decided up to now. Two decisions may come at once: one waits here until the other's statement is there to be read. */
async function decisionsNow(tx: Transaction, deps: VerifierDeps, asked: DecisionAsked): Promise<Said['decisions']> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`decide\n${asked.reset}`}, 0))`;
  return (await statementsOf(tx, deps, asked)).decisions;
}

/** Claims by which a password was set or may have been. */
const RESET_STATES = ['claimed', 'applied', 'verified', 'unverified', 'unknown'];

async function whyNot(
  tx: Transaction,
  asked: DecisionAsked,
  q: { policy: Policy; stage: ApprovalStage | undefined; people: Concerned; decisions: Said['decisions'] },
): Promise<RefusalCode | undefined> {
  const { approver, claimant, issuers, decided, groupSid } = q.people;
  const { decisions } = q;
  // Stages are decided in order, each once, and nothing after a denial.
  if (!q.stage || decisions.length !== asked.stage || decisions.length !== decided.length || decisions.some((d) => d.decision === 'deny'))
    return 'approval-closed';
  if (!approver) return 'not-an-approver';
  if (!claimant) return 'account-changed';
  const last = await tx.writeClaim.findFirst({
    where: { accountGuid: asked.approver, state: { in: RESET_STATES } },
    orderBy: { claimedAt: 'desc' },
    select: { claimedAt: true, settledAt: true },
  });
  return whyNotDecide({
    approver,
    claimant,
    by: q.stage.by,
    groupSid,
    issuers,
    decided,
    lastOwnReset: last ? (last.settledAt ?? last.claimedAt) : undefined,
    coolingOffSeconds: q.policy.timers.coolingOff,
    now: await databaseTime(tx),
  });
}

async function refuse(
  tx: Transaction,
  asked: DecisionAsked,
  { approver, typed }: { approver: AccountFacts | undefined; typed: Typed<'decision'> | undefined },
  code: RefusalCode,
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
      do: { stage: asked.stage, decision: asked.decision },
      ...fromWhere(typed),
    },
    VERIFIER,
  );
  return { outcome: 'refused', code };
}
