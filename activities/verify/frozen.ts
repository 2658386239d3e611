import { frozenFactors } from '#prisma/frozen-factors.ts';
import type { Transaction } from '#db';
import type { VerifierDeps } from './deps.ts';

/** Whether this factor counts nowhere until a second person has settled it. */
export async function isFrozen(tx: Transaction, { keys }: Pick<VerifierDeps, 'keys'>, factor: string): Promise<boolean> {
  return (await frozenFactors(tx, [factor], keys.checking)).has(factor);
}
