import type { Policy } from '#domain/policy.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import type { Transaction } from '#db';
import { lastFactorChanges } from './factor-change.ts';
import { lastOwnResets } from './last-own-resets.ts';

export type LastChanges = { lastOwnReset: Date | undefined; lastFactorChange: Date | undefined };

/** When each of these people was last reset by this product, and when their factors were last replaced. */
export async function lastChanges(tx: Transaction, people: readonly string[]): Promise<(person: string) => LastChanges> {
  const [resets, factors] = [await lastOwnResets(tx, people), await lastFactorChanges(tx, people)];
  return (person) => ({ lastOwnReset: resets.get(person), lastFactorChange: factors.get(person) });
}

/** Whoever took somebody over would have reset them, or given them other factors, shortly before. */
export async function whyCoolingOff(tx: Transaction, person: string, now: Date, { timers }: Policy): Promise<RefusalCode | undefined> {
  const isRecent = (at: Date | undefined): boolean => at !== undefined && now.getTime() - at.getTime() < timers.coolingOff * 1000;
  const { lastOwnReset, lastFactorChange } = (await lastChanges(tx, [person]))(person);
  if (isRecent(lastOwnReset)) return 'recently-reset';
  return isRecent(lastFactorChange) ? 'factors-replaced' : undefined;
}
