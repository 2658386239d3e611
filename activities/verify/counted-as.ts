import type { Transaction } from '#db';
import { NOBODY } from './deps.ts';

/**
 * Whose count a claimant's attempt goes to. An unknown name has one count for all its resets, as an account has, so that
 * parallel attempts queue alike. When nothing could be opened nobody has typed anything: a worker that sends rubbish
 * raises nobody's count.
 */
export async function countedAs(
  db: Pick<Transaction, 'reset'>,
  { reset, account, typed }: { reset: string; account: string | undefined; typed: object | undefined },
): Promise<string> {
  // Read for known names too: the same statements, whoever was named.
  const row = await db.reset.findUnique({ where: { id: reset }, select: { nameHash: true } });
  const nobody = nobodyIn(reset);
  if (typed === undefined) return nobody;
  return account ?? (row?.nameHash ? Buffer.from(row.nameHash).toString('hex') : nobody);
}

/** The count of attempts in which nothing was typed, one for each reset or session. */
export function nobodyIn(subject: string): string {
  return `${NOBODY}:${subject}`;
}
