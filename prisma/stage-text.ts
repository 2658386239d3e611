import { z } from 'zod';
import type { ApprovalStage, ApproverSource } from '#domain/approval-stage.ts';
import type { BreakGlass } from '#domain/break-glass.ts';
import { whyNotTimers } from '#domain/stage-timers.ts';
import type { VoucherSource } from '#domain/vouching.ts';
import { duration } from './duration-text.ts';

/** The approvals of a rule as a policy document writes them, and what they come to. */

const name = z.string().min(1);
export const HOW_SOURCES_ARE_WRITTEN =
  'write one of { relation: manager }, { relation: managers-manager }, { relation: unit-owner }, { group: … }, { ownerOf: … } or { role: … }';
export const source = z.union(
  [
    z.strictObject({
      relation: z
        .enum(['manager', 'managers-manager', 'unit-owner'])
        .describe('By their place: the manager, that one’s manager, or the owner (managedBy) of the nearest unit above the account.'),
    }),
    z.strictObject({ group: name.describe('The members of a group, nested ones included, by its sAMAccountName.') }),
    z.strictObject({ ownerOf: name.describe('Who is recorded as owner (managedBy) of this group.') }),
    z.strictObject({ role: name.describe('A role that this policy names under roles.') }),
  ],
  { error: HOW_SOURCES_ARE_WRITTEN },
);
/** One source, or a list of which each will do. */
const sources = z.union([source.transform((one): ApproverSource[] => [one]), z.array(source).min(1)], {
  error: `${HOW_SOURCES_ARE_WRITTEN}, or a list of them`,
});
const voucher = z.union(
  [source, z.strictObject({ relation: z.literal('same-unit').describe('Whoever has their account in the very unit of the claimant’s.') })],
  {
    error: `${HOW_SOURCES_ARE_WRITTEN}, or { relation: same-unit }`,
  },
);
/** Who may vouch: sources as of a stage, and colleagues of the same unit. */
export const vouchersText = z.union([voucher.transform((one): VoucherSource[] => [one]), z.array(voucher).min(1)], {
  error: `${HOW_SOURCES_ARE_WRITTEN} or { relation: same-unit }, or a list of them`,
});
const people = z.int().min(1).max(5);

export const stageText = z.strictObject({
  label: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,39}$/, 'use small letters, digits and dashes, such as security-officer')
    .describe('What claimants and approvers read: a role in small letters with dashes.'),
  by: sources.describe('Who may decide: one source, or a list of which each will do.'),
  needs: people.default(1).describe('How many different people have to approve; one if left out.'),
  beside: z.boolean().default(false).describe('Opens together with the stage before it, rather than after it.'),
  remind: z.array(duration).max(10).default([]).describe('When those who may decide are reminded, counted from the opening of the stage.'),
  escalate: z
    .array(
      z.strictObject({
        after: duration.describe('How long nobody has decided, counted from the opening of the stage.'),
        to: sources.describe('Who may decide then too.'),
      }),
    )
    .max(3)
    .default([])
    .describe('Opens the stage to more people when nobody decided for so long; it takes nobody’s right away.'),
  expire: duration.optional().describe('When the reset ends for want of a decision; timers.approval if left out.'),
  calendar: name.optional().describe('The calendar by whose hours the timers of this stage run; around the clock if left out.'),
});

/** Break-glass of a rule: who, how many of them, and for how long a signature holds. */
export const breakGlassText = z
  .strictObject({
    officers: people.default(2).describe('How many different officers have to sign: two at least.'),
    from: sources.describe('Who may sign: sources as of a stage. Whoever comes to it after approval was asked for does not count.'),
    expires: duration.describe(
      'So long a signature holds; the password has to be written while enough of them do. Shorter than every stage.',
    ),
  })
  .transform(({ officers, from, expires }): BreakGlass => ({ officers, from, expire: expires }));

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
    for (const message of unknownRoles([...stage.by, ...stage.timers.escalate.flatMap(({ to }) => to)], known.roles)) say(message, 'by');
    if (stage.calendar !== undefined && !known.calendars.includes(stage.calendar))
      say(`there is no calendar "${stage.calendar}"; write it under calendars`, 'calendar');
    return findings;
  });
}

/** A sentence for each source that names a role which the policy does not know. */
export function unknownRoles(sources: readonly VoucherSource[], roles: readonly string[]): string[] {
  return sources.flatMap((source) =>
    'role' in source && !roles.includes(source.role) ? [`there is no role "${source.role}"; name it under roles, with its groups`] : [],
  );
}
