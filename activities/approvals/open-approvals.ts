import { createHash } from 'node:crypto';
import { uuidv7 } from '#prisma/uuid.ts';
import type { Database } from '#db';
import type { AccountFacts } from '#domain/account.ts';
import { samePerson } from '#domain/account.ts';
import { selectRule, type ApprovalStage } from '#domain/policy.ts';
import { policyVersion } from '#prisma/policies.ts';
import type { DirectoryAccount } from '../directory/account.ts';
import type { Directory } from '../directory/connect.ts';
import { readAccount } from '../directory/find-account.ts';
import { groupMembers } from '../directory/group-members.ts';
import { readManager } from '../directory/manager.ts';
import type { OpenedApprovals, WorkerActivities } from '../contract.ts';
import { recordLeaf } from '../record-leaf.ts';
import { WORKER } from '../record/worker-name.ts';

/**
 * Resolves who may approve each stage, freezes the list for people to see, and opens the first stage. When some stage has
 * nobody, or only people who fill another stage already, the reset is not feasible and nothing is opened. The verifier and
 * the writer read the directory again at the decision and before the write: this list is never taken as authority.
 */
export async function openApprovals(
  deps: { db: Database; directory: Directory },
  asked: Parameters<WorkerActivities['openApprovals']>[0],
): Promise<OpenedApprovals> {
  const { reset, account: guid, expiresAt } = asked;
  // A repeated call finds the stages as the first one left them, whatever the directory says by now.
  if ((await deps.db.approval.count({ where: { resetId: reset } })) > 0) return { outcome: 'opened' };
  const row = await deps.db.reset.findUniqueOrThrow({ where: { id: reset }, select: { policySha256: true } });
  const frozen = row.policySha256 ? await policyVersion(deps.db, row.policySha256) : undefined;
  const account = await readAccount(deps.directory, guid);
  const rule = frozen && account && selectRule(frozen.policy, account);
  if (!rule) return { outcome: 'no-approver' };

  const stages = await Promise.all(
    rule.approvals.map(async (stage) => ({ stage, people: await eligible(deps.directory, account, stage) })),
  );
  const feasible = isFeasible(stages.map(({ people }) => people));
  await deps.db.$transaction(async (tx) => {
    if (feasible) {
      await tx.approval.createMany({
        skipDuplicates: true, // two overlapping calls open them once
        data: stages.map(({ stage, people }, index) => ({
          id: uuidv7(),
          resetId: reset,
          stage: index,
          label: stage.label,
          state: index === 0 ? 'waiting' : 'not-reached',
          eligible: people.map((p) => p.guid),
          eligibleNames: people.map((p) => p.displayName),
          ...(index === 0 ? { openedAt: new Date(), expiresAt } : {}),
        })),
      });
    }
    await recordLeaf(
      tx,
      {
        type: 'approval.requested',
        outcome: feasible ? 'success' : 'failure',
        reset,
        actor: WORKER,
        ...(feasible ? {} : { reason: 'no-approver' }),
        do: {
          stages: stages.map(({ stage, people }) => ({ label: stage.label, eligible: String(people.length), sha256: digestOf(people) })),
        },
      },
      'worker',
    );
  });
  return { outcome: feasible ? 'opened' : 'no-approver' };
}

/** What freezes the list in the leaf: a group of thousands would not fit one. The list itself stands in `approval`. */
function digestOf(people: readonly Pick<DirectoryAccount, 'guid'>[]): string {
  return createHash('sha256')
    .update(people.map((p) => p.guid).join('\n'))
    .digest('hex');
}

async function eligible(directory: Directory, account: DirectoryAccount, stage: ApprovalStage): Promise<DirectoryAccount[]> {
  const people = 'relation' in stage.by ? [await readManager(directory, account)] : await groupMembers(directory, stage.by.group);
  return people.filter((p): p is DirectoryAccount => p !== undefined && p.enabled && !p.expired && !samePerson(p, account));
}

/** Whether every stage can be filled by a different person. Stages are few, so trying in order is enough. */
export function isFeasible(
  stages: readonly (readonly Pick<AccountFacts, 'guid' | 'employeeId'>[])[],
  taken: readonly Pick<AccountFacts, 'guid' | 'employeeId'>[] = [],
): boolean {
  const [first, ...rest] = stages;
  if (!first) return true;
  return first.some((person) => !taken.some((t) => samePerson(t, person)) && isFeasible(rest, [...taken, person]));
}
