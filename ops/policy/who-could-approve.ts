import { peopleBehind } from '#activities/directory/approver-sources.ts';
import type { DirectoryAccount } from '#activities/directory/account.ts';
import { withTheirAccounts } from '#activities/directory/same-people.ts';
import type { Directory } from '#activities/directory/connect.ts';
import { lastChanges } from '#activities/verify/last-changes.ts';
import { whyNotDecide } from '#domain/approval.ts';
import { sourcesOf, type ApprovalStage } from '#domain/approval-stage.ts';
import { isFeasible } from '#domain/feasible.ts';
import { mayDecideBy, type Policy, type Rule } from '#domain/policy.ts';
import { REFUSALS, type RefusalCode } from '#domain/refusals.ts';
import type { Database } from '#db';

interface Approver {
  person: DirectoryAccount;
  /** Comes to the stage by an escalation only. */
  later: boolean;
  why: RefusalCode | undefined;
  /** The rule asks for a key, and they have none yet. */
  needsKey: boolean;
}

/** Who could approve each stage of a rule now, who could not and why, and whether different people can fill them all. */
export async function whoCouldApprove(
  { dir, db }: { dir: Directory; db: Database },
  policy: Policy,
  account: DirectoryAccount,
  rule: Rule,
): Promise<string[]> {
  if (rule.approvals.length === 0) return ['Nobody has to approve.'];
  const stages: { stage: ApprovalStage; people: Approver[] }[] = [];
  for (const stage of rule.approvals) stages.push({ stage, people: await approvers({ dir, db }, policy, account, rule, stage) });
  const may = (people: readonly Approver[]) => people.filter(({ why }) => why === undefined).map(({ person }) => person);
  return [
    ...stages.map(({ stage, people }, index) => `Stage ${index + 1}, ${stage.label}, needs ${stage.needs}: ${inWords(people)}.`),
    isFeasible(stages.map(({ stage, people }) => ({ needs: stage.needs, people: may(people) })))
      ? 'Different people can fill all stages.'
      : 'Different people cannot fill all stages now: behind proof and factor the claimant would be told that nobody can approve.',
  ];
}

async function approvers(
  { dir, db }: { dir: Directory; db: Database },
  policy: Policy,
  claimant: DirectoryAccount,
  rule: Rule,
  stage: ApprovalStage,
): Promise<Approver[]> {
  const all = await peopleBehind(dir, claimant, sourcesOf(stage, stage.timers.escalate.length), policy.roles);
  const first = new Set((await peopleBehind(dir, claimant, stage.by, policy.roles)).map(({ guid }) => guid));
  const [whole = claimant, ...people] = await withTheirAccounts(dir, policy.identities, [claimant, ...all]);
  const guids = all.map(({ guid }) => guid);
  const [changes, keys] = await Promise.all([
    lastChanges(db, guids),
    db.passkey.findMany({ where: { accountGuid: { in: guids }, disabledAt: null }, select: { accountGuid: true } }),
  ]);
  const withKey = new Set(keys.map(({ accountGuid }) => accountGuid));
  const onlyKeys = !mayDecideBy(rule, claimant.protectedBy !== undefined).includes('totp');
  return people.map((person) => ({
    person,
    later: !first.has(person.guid),
    needsKey: onlyKeys && !withKey.has(person.guid),
    why: whyNotDecide({
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
    }),
  }));
}

function inWords(people: readonly Approver[]): string {
  const able = people.filter(({ why }) => why === undefined);
  const name = ({ person, needsKey }: Approver) => `${person.displayName}${needsKey ? ' (once they have a key of their own)' : ''}`;
  const now = able.filter(({ later }) => !later).map(name);
  const later = able.filter((one) => one.later).map(name);
  return [
    now.length > 0 ? `${now.join('; ')} could approve` : 'nobody could approve',
    ...(later.length > 0 ? [`escalation adds ${later.join('; ')}`] : []),
    ...people.flatMap(({ person, why }) =>
      why === undefined ? [] : [`${person.displayName} could not: ${REFUSALS[why].words.replace(/\.$/, '')}`],
    ),
  ].join('; ');
}
