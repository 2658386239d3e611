import type { Transaction } from '#db';
import { lastFactorChanges } from './factor-change.ts';
import { lastOwnResets } from './last-own-resets.ts';

export type LastChanges = { lastOwnReset: Date | undefined; lastFactorChange: Date | undefined };

/** When each of these people was last reset by this product, and when their factors were last replaced. */
export async function lastChanges(tx: Transaction, people: readonly string[]): Promise<(person: string) => LastChanges> {
  const [resets, factors] = [await lastOwnResets(tx, people), await lastFactorChanges(tx, people)];
  return (person) => ({ lastOwnReset: resets.get(person), lastFactorChange: factors.get(person) });
}
