import type { Database } from '#db';
import { stagesFor } from '#domain/factor-replacement.ts';
import { operationOf } from '#domain/operation.ts';
import { dueTimers, lagOf } from '#domain/stage-timers.ts';
import { policyVersion } from '#prisma/policies.ts';
import type { LocalActivities, StageTimer } from '../contract.ts';

/**
 * When to remind, escalate and expire for stages that open at a moment, by the calendars of the reset's own policy. Asked
 * here and not computed in the workflow: zones change with the system's time zone data, and a history must not.
 */
export async function stageTimers(
  db: Database,
  { reset, stages, openedAt }: Parameters<LocalActivities['stageTimers']>[0],
): Promise<StageTimer[]> {
  const row = await db.reset.findUniqueOrThrow({ where: { id: reset }, select: { policySha256: true, ruleId: true, operation: true } });
  const frozen = row.policySha256 ? await policyVersion(db, row.policySha256) : undefined;
  const rule = frozen?.policy.rules.find(({ id }) => id === row.ruleId);
  if (!frozen || !rule) throw new Error('a reset waits for approval under a policy that is not there any more');
  const { calendars } = frozen.policy;
  const frozenStages = stagesFor(rule, operationOf(row.operation));
  return stages
    .flatMap((stage) => {
      const asked = frozenStages[stage];
      const calendar = asked?.calendar === undefined ? undefined : calendars[asked.calendar];
      if (!asked) return [];
      const opened = new Date(openedAt);
      return dueTimers(asked.timers, calendar, opened, lagOf(reset, calendar, opened)).map((timer): StageTimer => ({ stage, ...timer }));
    })
    .toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
}
