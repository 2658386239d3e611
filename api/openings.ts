import { z } from 'zod';
import type { Transaction } from '#db';

export const openedLeaf = z.object({
  leaf: z.string(),
  items: z.array(
    z.object({
      /** Where in the leaf the commitment stands, such as src.ip_c. */
      member: z.string(),
      commitment: z.string(),
      /** Salt in base64 and value; null once the opening was erased. The leaf and its proof hold all the same. */
      opening: z.object({ salt: z.string(), value: z.string() }).nullable(),
    }),
  ),
});

/**
 * Every commitment to personal data in a leaf (`…_c`), opened as far as its opening was not erased. PostgreSQL opens nothing
 * unless the leaf of this reading was written before in the same transaction.
 */
export async function openingsOf(tx: Transaction, leaf: { id: string; body: string }): Promise<z.infer<typeof openedLeaf>> {
  const committed = commitmentsIn(leaf.body);
  const rows = await tx.$queryRaw<{ commitment: string; salt: Uint8Array; value: string }[]>`
    SELECT commitment, salt, value FROM opened_for_audit(${leaf.id}::uuid)`;
  const openings = new Map(rows.map(({ commitment, salt, value }) => [commitment, { salt: Buffer.from(salt).toString('base64'), value }]));
  return {
    leaf: leaf.id,
    items: committed.map(({ member, commitment }) => ({ member, commitment, opening: openings.get(commitment) ?? null })),
  };
}

/** Members of the leaf's parts whose name ends in `_c`; a row that is no leaf has none. */
export function commitmentsIn(body: string): { member: string; commitment: string }[] {
  const parts = z.record(z.string(), z.unknown()).safeParse(jsonOf(body));
  if (!parts.success) return [];
  return Object.entries(parts.data).flatMap(([part, members]) =>
    typeof members !== 'object' || members === null
      ? []
      : Object.entries(members).flatMap(([name, commitment]: [string, unknown]) =>
          name.endsWith('_c') && typeof commitment === 'string' ? [{ member: `${part}.${name}`, commitment }] : [],
        ),
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
