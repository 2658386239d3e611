import { z } from 'zod';
import type { Operation } from '#domain/operation.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const statements = z.array(z.strictObject({ kind: z.string(), sha256 }));

/** What an intent leaf must say. Members by which nobody judges a write may be more. */
export const intentShape = z.looseObject({
  v: z.literal(1),
  type: z.literal('intent'),
  outcome: z.literal('started'),
  wf: z.looseObject({ id: z.string(), run: z.string() }),
  target: z.looseObject({ guid: z.string(), sid: z.string() }),
  policy: z.strictObject({ sha256, rule: z.string() }),
  do: z.union([
    z.strictObject({ operation: z.literal('unlock'), ordinal: z.int(), statements }),
    // Intents from before there was a choice do not say what they are.
    z.strictObject({
      operation: z.literal('new-password').optional(),
      ordinal: z.int(),
      sealed: z.string(),
      digest: sha256,
      // Not the sealed password yet, but a throw-away one before it.
      endOldPassword: z.literal(true).optional(),
      statements,
    }),
  ]),
});

export type IntentLeaf = z.infer<typeof intentShape>;

/** What an intent says is going to be written: the operation, the digest of the sealed value for a new password, and whether a throw-away one is meant that comes before it. */
export function intended({ do: said }: Pick<IntentLeaf, 'do'>): {
  operation: Operation;
  digest: string | undefined;
  endOldPassword: boolean;
} {
  if (!('digest' in said)) return { operation: said.operation, digest: undefined, endOldPassword: false };
  return { operation: 'new-password', digest: said.digest, endOldPassword: said.endOldPassword === true };
}
