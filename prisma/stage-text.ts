import { z } from 'zod';
import type { ApprovalStage, ApproverSource } from '#domain/approval-stage.ts';
import { whyNotTimers } from '#domain/stage-timers.ts';
import { duration } from './duration-text.ts';

/** The approvals of a rule as a policy document writes them, and what they come to. */

const name = z.string().min(1);
const error =
  'write one of { relation: manager }, { relation: managers-manager }, { relation: unit-owner }, { group: … }, { ownerOf: … } or { role: … }';
const source = z.union(
  [
    z.strictObject({ relation: z.enum(['manager', 'managers-manager', 'unit-owner']) }),
    z.strictObject({ group: name }),
    z.strictObject({ ownerOf: name }),
    z.strictObject({ role: name }),
  ],
  { error },
);
/** One source, or a list of which each will do. */
const sources = z.union([source.transform((one): ApproverSource[] => [one]), z.array(source).min(1)], {
  error: `${error}, or a list of them`,
});
const people = z.int().min(1).max(5);

export const stageText = z.strictObject({
  label: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'use small letters, digits and dashes, such as security-officer'),
  by: sources,
  needs: people.default(1),
  beside: z.boolean().default(false),
  remind: z.array(duration).max(10).default([]),
  escalate: z
    .array(z.strictObject({ after: duration, to: sources }))
    .max(3)
    .default([]),
  expire: duration.optional(),
  calendar: name.optional(),
});

/** A stage that names no end waits as long as the policy's timer for approvals says. */
export function stageOf(
  { label, by, needs, beside, remind, escalate, expire, calendar }: z.output<typeof stageText>,
  wait: number,
): ApprovalStage {
  return { label, by, needs, beside, timers: { remind, escalate, expire: expire ?? wait }, calendar };
}

interface Finding {
  /** Below the stage. */
  path: PropertyKey[];
  message: string;
}

/** What is wrong with the stages of a rule beyond their shape: a sentence and the place for each. */
export function wrongStages(
  stages: readonly ApprovalStage[],
  known: { roles: readonly string[]; calendars: readonly string[] },
): Finding[] {
  return stages.flatMap((stage, index) => {
    const findings: Finding[] = [];
    const say = (message: string, ...path: PropertyKey[]) => findings.push({ path: [index, ...path], message });
    if (index === 0 && stage.beside) say('the first stage has none before it; leave out beside', 'beside');
    const timers = whyNotTimers(stage.timers);
    if (timers !== undefined) say(timers);
    for (const source of [...stage.by, ...stage.timers.escalate.flatMap(({ to }) => to)])
      if ('role' in source && !known.roles.includes(source.role))
        say(`there is no role "${source.role}"; name it under roles, with its groups`, 'by');
    if (stage.calendar !== undefined && !known.calendars.includes(stage.calendar))
      say(`there is no calendar "${stage.calendar}"; write it under calendars`, 'calendar');
    return findings;
  });
}
