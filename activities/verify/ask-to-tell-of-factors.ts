import { randomUUID } from 'node:crypto';
import type { FactorChange } from '#domain/message.ts';
import type { NewLeaf } from '#prisma/leaves.ts';
import type { Transaction } from '#db';

/**
 * Has people told of a change of somebody's factors, in the transaction of the change and by what its leaf says: when that crashes, neither was; when we crash
 * after it, the row waits until somebody told them. A leaf of anything else asks for nothing.
 */
export async function askToTellOfFactors(
  tx: Transaction,
  { type, account, do: facts }: Pick<NewLeaf, 'type' | 'account' | 'do'>,
): Promise<void> {
  const outcome = changeOf(type, facts ?? {});
  // A token whose holder is gone is taken from nobody.
  if (!outcome || !account) return;
  const id = randomUUID();
  await tx.factorTelling.createMany({ data: [{ id, accountGuid: account.guid, outcome }] });
  await tx.$executeRaw`SELECT pg_notify('countersign', ${`tellings:${id}`})`;
}

function changeOf(type: NewLeaf['type'], facts: NonNullable<NewLeaf['do']>): FactorChange | undefined {
  if (type === 'authenticator.removed') return 'factor-removed';
  if (type === 'authenticator.frozen') return 'factor-frozen';
  if (type === 'authenticator.settled') return facts['theirs'] === true ? 'factor-thawed' : 'factor-removed';
  if (type !== 'authenticator.enrolled') return undefined;
  if (facts['passkey']) return 'key-added';
  if (facts['token']) return 'token-added';
  if (!facts['totp']) return 'codes-renewed';
  return facts['replaces'] ? 'app-replaced' : 'app-added';
}
