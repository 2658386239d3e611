import { lastChanges } from '#activities/verify/last-changes.ts';
import type { People, Person } from '#activities/verify/people.ts';
import { whyNotDecide } from '#domain/approval.ts';
import { sourcesOf, type ApprovalStage } from '#domain/approval-stage.ts';
import { stagesFor } from '#domain/factor-replacement.ts';
import { isFeasible } from '#domain/feasible.ts';
import type { Operation } from '#domain/operation.ts';
import { mayDecideBy, type Policy, type Rule } from '#domain/policy.ts';
import type { CouldApprove, SimulatedStage } from '#domain/policy-simulation.ts';
import { dueTimers } from '#domain/stage-timers.ts';
import type { Database } from '#db';

interface Asked {
  policy: Policy;
  account: Person;
  rule: Rule;
  at: Date;
}

/** Who could approve each stage that a rule asks for an operation now, who could not and why, when it would fall due, and whether different people can fill them all. */
export async function whoCouldApprove(
  { people, db }: { people: Pick<People, 'behind' | 'theirAccounts'>; db: Database },
  { policy, account, rule, at }: Asked,
  operation: Operation = 'new-password',
): Promise<{ stages: SimulatedStage[]; feasible: boolean }> {
  const stages: SimulatedStage[] = [];
  const able: { needs: number; people: Person[] }[] = [];
  for (const stage of stagesFor(rule, operation)) {
    const { label, needs, beside, calendar, timers } = stage;
    const hours = calendar === undefined ? undefined : policy.calendars[calendar];
    const found = await approvers({ people, db }, { policy, account, rule, at }, stage);
    able.push({ needs, people: found.filter(({ could }) => could.why === null).map(({ person }) => person) });
    stages.push({
      label,
      needs,
      beside,
      calendar: calendar ?? null,
      people: found.map(({ could }) => could),
      timers: dueTimers(timers, hours, at),
    });
  }
  return { stages, feasible: isFeasible(able) };
}

async function approvers(
  { people, db }: { people: Pick<People, 'behind' | 'theirAccounts'>; db: Database },
  { policy, account: claimant, rule }: Asked,
  stage: ApprovalStage,
): Promise<{ person: Person; could: CouldApprove }[]> {
  const all = await people.behind(claimant, sourcesOf(stage, stage.timers.escalate.length), policy.roles);
  const first = new Set((await people.behind(claimant, stage.by, policy.roles)).map(({ guid }) => guid));
  const [whole = claimant, ...theirs] = await people.theirAccounts(policy.identities, [claimant, ...all]);
  const guids = all.map(({ guid }) => guid);
  const [changes, keys] = await Promise.all([
    lastChanges(db, guids),
    db.passkey.findMany({ where: { accountGuid: { in: guids }, disabledAt: null, backupEligible: false }, select: { accountGuid: true } }),
  ]);
  const withKey = new Set(keys.map(({ accountGuid }) => accountGuid));
  const onlyKeys = !mayDecideBy(rule, claimant.protectedBy !== undefined).includes('totp');
  return theirs.map((person) => {
    const why = whyNotDecide({
      inPlaceOf: undefined,
      methods: [],
      approver: person,
      claimant: whole,
      frozen: [person.guid],
      sources: [{ person: person.guid }],
      issuers: [],
      decided: [],
      ...changes(person.guid),
      coolingOffSeconds: policy.timers.coolingOff,
      now: new Date(),
    });
    const { guid, displayName: name } = person;
    return { person, could: { guid, name, later: !first.has(guid), needsKey: onlyKeys && !withKey.has(guid), why: why ?? null } };
  });
}
