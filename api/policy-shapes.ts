import { z } from 'zod';
import type { Database, Prisma } from '#db';
import type { Seen } from '#domain/policy-publication.ts';
import { shownComparison } from '#prisma/comparison-text.ts';
import { readRecord, seenIn } from '#prisma/publication-text.ts';
import { moment } from './shapes.ts';

export const hash256 = z.string().regex(/^[0-9a-f]{64}$/, 'is no hash of a version');
export const version = z.strictObject({ sha256: hash256 });

export const policyVersionSchema = z.object({
  sha256: z.string(),
  /** As the document calls itself. */
  name: z.string(),
  inForce: z.boolean(),
  storedAt: moment,
  draftedBy: z.string().nullable(),
  draftedAt: moment.nullable(),
  publishedBy: z.string().nullable(),
  publishedAt: moment.nullable(),
});

export const policyRow = {
  sha256: true,
  text: true,
  inForce: true,
  loadedAt: true,
  draftedBy: true,
  draftedAt: true,
  publishedBy: true,
  publishedAt: true,
} as const;

export function policyView(row: Prisma.PolicyVersionGetPayload<{ select: typeof policyRow }>): z.infer<typeof policyVersionSchema> {
  return {
    sha256: row.sha256,
    name: /^name:\s*["']?(.*?)["']?\s*(#.*)?$/m.exec(row.text)?.[1] ?? row.sha256.slice(0, 12),
    inForce: row.inForce,
    storedAt: row.loadedAt.toISOString(),
    draftedBy: row.draftedBy,
    draftedAt: row.draftedAt?.toISOString() ?? null,
    publishedBy: row.publishedBy,
    publishedAt: row.publishedAt?.toISOString() ?? null,
  };
}

/** What a signer knew of whom the version affects; null when nothing was signed, or before comparisons were shown. */
export const seenSchema = z
  .union([
    z.object({
      comparison: z.string(),
      at: moment.nullable(),
      changed: z.int().nullable(),
      noApprover: z.int().nullable(),
      losing: z.int().nullable(),
    }),
    /** What they wrote, as far as it is still there. */
    z.object({ without: z.string(), reason: z.string().nullable() }),
  ])
  .nullable();

export async function seenView(db: Database, record: unknown): Promise<z.infer<typeof seenSchema>> {
  const signed = readRecord(record);
  const seen: Seen | undefined = signed && seenIn(signed);
  if (!seen) return null;
  if ('without' in seen) {
    const stated = await db.statedReason.findFirst({ where: { digest: seen.without }, select: { text: true } });
    return { without: seen.without, reason: stated?.text ?? null };
  }
  const row = await db.policyComparison.findFirst({ where: { sha256: seen.comparison }, select: { body: true } });
  const found = row?.body == null ? undefined : shownComparison(row.body);
  return {
    comparison: seen.comparison,
    at: found?.at ?? null,
    changed: found?.changed ?? null,
    noApprover: found?.noApprover ?? null,
    losing: found?.losing ?? null,
  };
}
