import { z } from 'zod';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** What an intent leaf must say. Members by which nobody judges a write may be more. */
export const intentShape = z.looseObject({
  v: z.literal(1),
  type: z.literal('intent'),
  outcome: z.literal('started'),
  wf: z.looseObject({ id: z.string(), run: z.string() }),
  target: z.looseObject({ guid: z.string(), sid: z.string() }),
  policy: z.strictObject({ sha256, rule: z.string() }),
  do: z.strictObject({
    ordinal: z.int(),
    sealed: z.string(),
    digest: sha256,
    statements: z.array(z.strictObject({ kind: z.string(), sha256 })),
  }),
});

export type IntentLeaf = z.infer<typeof intentShape>;
