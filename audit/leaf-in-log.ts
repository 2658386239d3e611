import { z } from 'zod';
import { parseCanonical } from '#evidence/jcs.ts';
import { leafHash } from '#evidence/merkle-tree.ts';

const text = z.string();
/** What is judged by of a leaf (evidence/leaf.ts); members beyond these are read by people. */
const shape = z.looseObject({
  v: z.literal(1),
  id: text,
  type: text,
  outcome: text,
  wseq: z
    .string()
    .regex(/^[1-9]\d{0,8}$/)
    .optional(),
  prev: text.nullable().optional(),
  t: z.looseObject({ wall: z.iso.datetime(), mono_ns: z.string().regex(/^\d{1,20}$/), boot: text }),
  by: z.looseObject({ process: text }),
  wf: z.looseObject({ id: text, run: text.nullable() }).optional(),
  who: z.looseObject({ actor: z.looseObject({ type: text, guid: text.optional() }) }).optional(),
  target: z.looseObject({ guid: text.optional(), sid: text.nullable().optional() }).optional(),
  policy: z.looseObject({ sha256: text, rule: text.nullable() }).optional(),
  do: z.looseObject({}).optional(),
});

/** A leaf with its place in the log. */
export interface LeafInLog {
  readonly index: bigint;
  readonly text: string;
  readonly hash: Buffer;
  readonly body: z.infer<typeof shape>;
}

/** Throws Malformed when the text is not RFC 8785, ZodError when it is no leaf. */
export function leafInLog(index: bigint, leaf: string): LeafInLog {
  return { index, text: leaf, hash: leafHash(leaf), body: shape.parse(parseCanonical(leaf)) };
}

const RESET = 'reset/';

/** The reset in whose workflow the leaf was written; undefined for any other. */
export function resetOf({ body: { wf } }: LeafInLog): string | undefined {
  return wf?.id.startsWith(RESET) ? wf.id.slice(RESET.length) : undefined;
}

/** The number of a leaf within its reset, from 1; 0 outside resets. */
export const orderInReset = ({ body }: LeafInLog): number => Number(body.wseq ?? 0);

/**
 * Leaves by reset, each list by its own numbers: two transactions may get into the log in another order than that in
 * which they took their numbers. A leaf that another workflow wrote about a reset is found by the leaf that it follows.
 */
export function byReset(leaves: readonly LeafInLog[]): Map<string, LeafInLog[]> {
  const resets = new Map<string, LeafInLog[]>();
  const owner = new Map<string, string>();
  const chained = leaves.filter(({ body }) => body.wseq !== undefined);
  for (const leaf of chained.toSorted((a, b) => orderInReset(a) - orderInReset(b))) {
    const reset = resetOf(leaf) ?? owner.get(leaf.body.prev ?? '');
    if (reset === undefined) continue;
    owner.set(leaf.hash.toString('base64'), reset);
    const chain = resets.get(reset);
    if (chain) chain.push(leaf);
    else resets.set(reset, [leaf]);
  }
  return resets;
}
