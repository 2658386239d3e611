import { z } from 'zod';
import type { Prisma } from '#db';
import { UNREADY } from '#domain/readiness.ts';
import { COMPARISON_HOURS } from '#domain/policy-comparison.ts';
import { shownComparison } from '#prisma/comparison-text.ts';
import { moment, operation, refusalCode } from './shapes.ts';

const ruleId = z.string().nullable();

export const comparisonSchema = z.object({
  id: z.string(),
  policy: z.string(),
  replaces: z.string(),
  /** `lost`: nobody has been at it for a minute. */
  state: z.enum(['running', 'lost', 'done', 'refused', 'stopped']),
  askedBy: z.string(),
  askedAt: moment,
  endedAt: moment.nullable(),
  /** Accounts looked at, of so many; both nought while the directory is read. */
  looked: z.int(),
  total: z.int(),
  refusal: refusalCode.nullable(),
  /** SHA-256 of the text that the verifier signed: what a signer of the version names. */
  sha256: z.string().nullable(),
  found: z
    .object({
      at: moment,
      directory: z.string(),
      cases: z.array(z.object({ address: z.string().nullable(), at: moment })),
      accounts: z.int(),
      changed: z.int(),
      changes: z.array(z.object({ from: ruleId, to: ruleId, accounts: z.int() })),
      noApprover: z.int(),
      noApproverToday: z.int(),
      /** Who would have nobody to approve new factors after losing all; null where an earlier release did not look. */
      noReplacement: z.int().nullable(),
      noReplacementToday: z.int().nullable(),
      /** Who would set up a first app with the password alone; null where an earlier release did not look. */
      firstFactor: z.int().nullable(),
      firstFactorToday: z.int().nullable(),
      losing: z.int(),
      gaining: z.int(),
      /** Null where an earlier release did not look. */
      telling: z.int().nullable(),
      taken: z.array(z.object({ operation, accounts: z.int() })),
      /** Who could not reset today without another person's help, and how ready each unit is; null where an earlier release did not look. */
      unready: z.array(z.object({ why: z.enum(UNREADY), accounts: z.int() })).nullable(),
      units: z.array(z.object({ unit: z.string(), accounts: z.int(), ready: z.int(), helped: z.int() })).nullable(),
      /** What is asked of everybody's security keys, where the version changes it. */
      keys: z.object({ today: z.string(), draft: z.string() }).nullable(),
      missing: z.array(z.string()),
    })
    .nullable(),
  /** Why nobody can sign by it any more: another version is in force since, or it is too old. */
  stale: z.enum(['moved-on', 'too-old']).nullable(),
});

export const comparisonRow = {
  id: true,
  policy: true,
  replaces: true,
  state: true,
  askedBy: true,
  askedAt: true,
  endedAt: true,
  seenAt: true,
  looked: true,
  total: true,
  refusal: true,
  sha256: true,
  body: true,
} as const;

type Row = Prisma.PolicyComparisonGetPayload<{ select: typeof comparisonRow }>;

/** The verifier tells twice a second how far it is, and every few seconds while it reads. */
export const LOST_MS = 60_000;

export function comparisonView(row: Row, { inForce, now }: { inForce: string | undefined; now: Date }): z.infer<typeof comparisonSchema> {
  const found = row.state === 'done' && row.body !== null ? (shownComparison(row.body) ?? null) : null;
  const isOld = found !== null && now.getTime() - Date.parse(found.at) >= COMPARISON_HOURS * 3_600_000;
  const state = row.state === 'running' && now.getTime() - row.seenAt.getTime() > LOST_MS ? 'lost' : row.state;
  return {
    id: row.id,
    policy: row.policy,
    replaces: row.replaces,
    state: comparisonSchema.shape.state.parse(state),
    askedBy: row.askedBy,
    askedAt: row.askedAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
    looked: row.looked,
    total: row.total,
    refusal: refusalCode.nullable().parse(row.refusal),
    sha256: row.sha256,
    found: found && {
      at: found.at,
      directory: found.directory,
      cases: found.cases,
      accounts: found.accounts,
      changed: found.changed,
      changes: found.changes,
      noApprover: found.noApprover,
      noApproverToday: found.noApproverToday,
      noReplacement: found.noReplacement ?? null,
      noReplacementToday: found.noReplacementToday ?? null,
      firstFactor: found.firstFactor ?? null,
      firstFactorToday: found.firstFactorToday ?? null,
      losing: found.losing,
      gaining: found.gaining,
      telling: found.telling ?? null,
      taken: found.taken ?? [],
      unready: found.unready ?? null,
      units: found.units ?? null,
      keys: found.keys ?? null,
      missing: found.missing,
    },
    stale: inForce !== row.replaces ? 'moved-on' : isOld ? 'too-old' : null,
  };
}
