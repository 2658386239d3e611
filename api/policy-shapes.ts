import { z } from 'zod';
import type { Prisma } from '#db';
import { moment } from './shapes.ts';

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
