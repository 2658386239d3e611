import { createHash } from 'node:crypto';
import type { ApprovalsRequested } from '#activities/contract.ts';
import { raiseAlarm } from '#activities/raise-alarm.ts';
import { recordLeaf } from '#activities/record-leaf.ts';
import type { Identity } from '#domain/account.ts';
import { whyNotDecide } from '#domain/approval.ts';
import { sourcesOf, type ApprovalStage } from '#domain/approval-stage.ts';
import { frozenPeople } from '#domain/approvals-given.ts';
import type { BreakGlass } from '#domain/break-glass.ts';
import type { FrozenStage } from '#domain/attestation.ts';
import { stagesFor } from '#domain/factor-replacement.ts';
import { isFeasible } from '#domain/feasible.ts';
import type { Policy } from '#domain/policy.ts';
import type { Transaction } from '#db';
import { uuidv7 } from '#prisma/uuid.ts';
import { VERIFIER, type VerifierDeps } from './deps.ts';
import { frozenPolicy, ruleOf } from './frozen-policy.ts';
import { lastChanges } from './last-changes.ts';
import { databaseTime, earlierOutcome, once } from './once.ts';
import { personOrGuid, withAccounts, type Person } from './people.ts';
import { attest, statementsOf, type Said } from './statements.ts';

export type ApprovalsAsked = { reset: string; run: string; account: string };

interface StageAsked {
  stage: ApprovalStage;
  frozen: FrozenStage;
  people: Person[];
}

interface Breaking {
  allowed: BreakGlass;
  officers: readonly Person[];
}

interface Freezing {
  claimant: Person;
  stages: readonly StageAsked[];
  issuers: readonly Identity[];
  breakGlass: Breaking | undefined;
}

/**
 * Resolves who may decide each stage, escalations included, and who may sign break-glass, and signs it: whoever comes to a role later does not count.
 * The list is a limit, never a right: everybody on it is judged again at the decision and before the write. When the
 * stages cannot be filled by different people who may decide now, nothing is frozen and the answer is `no-approver`.
 */
export async function requestApprovals(deps: VerifierDeps, asked: ApprovalsAsked): Promise<ApprovalsRequested> {
  const attempt = { subject: asked.reset, updateId: 'approvals', sealed: '' };
  const earlier = await earlierOutcome<ApprovalsRequested>(deps, attempt);
  if (earlier) return earlier;

  const said = await statementsOf(deps.db, deps, asked);
  const { policy } = await frozenPolicy(deps.db, said.identified.policy);
  const rule = ruleOf(policy, said.identified.rule);
  const read = await deps.people.read(asked.account);
  // By itself, so that whoever shares a number with the claimant is found too, however many could decide.
  const claimant = read && (await withAccounts(deps.people, policy.identities, [read]))(read);
  const found = claimant ? await Promise.all(stagesFor(rule, said.operation).map((stage) => askedOf(deps, claimant, stage, policy))) : [];
  // Nobody stands in for those who approve a replacement of factors.
  const allowed = said.operation === 'replace-factors' ? undefined : rule?.breakGlass;
  const officers = claimant && allowed ? await deps.people.behind(claimant, allowed.from, policy.roles) : [];
  const issuing = await Promise.all(said.proofs.flatMap((p) => (p.issuer ? [personOrGuid(deps.people, p.issuer)] : [])));
  const whole = await withAccounts(deps.people, policy.identities, [...found.flatMap(({ people }) => people), ...officers, ...issuing]);
  const stages = found.map((stage) => ({ ...stage, people: stage.people.map(whole) }));
  const issuers = issuing.map(whole);
  const breakGlass = allowed && { allowed, officers: officers.map(whole) };

  return once<ApprovalsRequested>(deps, attempt, async (tx) => {
    const feasible = claimant !== undefined && stages.length > 0 && (await canBeFilled(tx, { claimant, stages, issuers, policy }));
    const attestation = feasible ? await freeze(tx, deps, asked, said, { claimant, stages, issuers, breakGlass }) : null;
    await recordLeaf(
      tx,
      {
        type: 'approval.requested',
        outcome: feasible ? 'success' : 'failure',
        reset: asked.reset,
        actor: { type: 'service', name: VERIFIER },
        ...(feasible ? {} : { reason: 'no-approver' }),
        do: { attestation, operation: said.operation, stages: stages.map(inLeaf) },
      },
      VERIFIER,
    );
    if (!feasible) await raiseAlarm(tx, { kind: 'no-approver', subject: asked.reset, reset: asked.reset }, VERIFIER);
    return { outcome: { outcome: feasible ? 'requested' : 'no-approver' } };
  });
}

async function askedOf({ people }: VerifierDeps, claimant: Person, stage: ApprovalStage, { roles }: Policy): Promise<StageAsked> {
  const first = await people.behind(claimant, stage.by, roles);
  const added = await Promise.all(stage.timers.escalate.map(({ to }) => people.behind(claimant, to, roles)));
  const all = new Map([...first, ...added.flat()].map((person) => [person.guid, person]));
  const frozen = { people: guids(first), escalations: added.map(guids) };
  return { stage, frozen, people: [...all.values()] };
}

function guids(people: readonly Person[]): string[] {
  return people.map(({ guid }) => guid);
}

async function canBeFilled(
  tx: Transaction,
  q: { claimant: Person; stages: readonly StageAsked[]; issuers: readonly Identity[]; policy: Policy },
): Promise<boolean> {
  const now = await databaseTime(tx);
  const changes = await lastChanges(tx, guids(q.stages.flatMap(({ people }) => people)));
  const may = (person: Person, { timers }: ApprovalStage) => {
    const why = whyNotDecide({
      approver: person,
      inPlaceOf: undefined,
      methods: [],
      claimant: q.claimant,
      frozen: [person.guid],
      sources: [{ person: person.guid }],
      issuers: q.issuers,
      decided: [],
      ...changes(person.guid),
      coolingOffSeconds: q.policy.timers.coolingOff,
      // Whose cooling-off ends before the stage does can still decide.
      now: new Date(now.getTime() + timers.expire * 1000),
    });
    // A locked account is usually unlocked within the hour.
    return why === undefined || why === 'approver-not-active';
  };
  return isFeasible(q.stages.map(({ stage, people }) => ({ needs: stage.needs, people: people.filter((one) => may(one, stage)) })));
}

async function freeze(
  tx: Transaction,
  deps: VerifierDeps,
  { reset, run }: ApprovalsAsked,
  said: Said,
  { claimant, stages, issuers, breakGlass }: Freezing,
): Promise<string> {
  const attestation = await attest(tx, deps, {
    kind: 'approvers',
    reset,
    run,
    account: said.identified.account,
    operation: said.operation,
    stages: stages.map(({ frozen }) => frozen),
    people: manyAccounts([claimant, ...issuers, ...stages.flatMap(({ people }) => people), ...(breakGlass?.officers ?? [])]),
    ...(breakGlass ? { breakGlass: guids(breakGlass.officers) } : {}),
  });
  await tx.approval.createMany({
    data: stages.map(({ stage, frozen, people }, index) => {
      const first = frozenPeople(frozen, 0);
      return {
        id: uuidv7(),
        resetId: reset,
        stage: index,
        label: stage.label,
        needs: stage.needs,
        state: 'not-reached',
        eligible: first,
        claimantDn: claimant.dn,
        claimantGroups: [...claimant.groups],
        eligibleNames: first.map((guid) => people.find((person) => person.guid === guid)?.displayName ?? ''),
      };
    }),
  });
  if (breakGlass)
    await tx.breakGlass.create({
      data: {
        id: uuidv7(),
        resetId: reset,
        state: 'possible',
        officers: breakGlass.allowed.officers,
        holds: breakGlass.allowed.expire,
        eligible: guids(breakGlass.officers),
        eligibleNames: breakGlass.officers.map(({ displayName }) => displayName),
      },
      select: { id: true },
    });
  return attestation;
}

/** Those of whom more than one account is known, each once. */
function manyAccounts(people: readonly Identity[]): string[][] {
  const sets = people.flatMap(({ accounts = [] }) => (accounts.length > 1 ? [[...accounts]] : []));
  return [...new Map(sets.map((accounts) => [accounts.join(' '), accounts])).values()];
}

/** A group of thousands would not fit a leaf: the statement holds the list, the leaf its digest. */
function inLeaf({ stage, frozen }: StageAsked) {
  const all = frozenPeople(frozen, frozen.escalations.length);
  return {
    label: stage.label,
    needs: stage.needs,
    eligible: String(all.length),
    sources: String(sourcesOf(stage, stage.timers.escalate.length).length),
    sha256: createHash('sha256').update(all.join('\n')).digest('hex'),
  };
}
