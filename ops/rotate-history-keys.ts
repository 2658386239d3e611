import { readSecretLine } from '#config';
import type { Transaction } from '#db';
import { appendLeaf } from '#prisma/leaves.ts';
import { ownerUrlFile } from './setup/database-roles.ts';
import { addHistoryKey, encryptWith } from './setup/history-keys.ts';
import { identities } from './setup/identities.ts';
import { thisOperator } from './this-operator.ts';

/** Two rotations at once would each write rings without the other's key: PostgreSQL lets one in at a time. */
const LOCK = 7_206_031;

/**
 * Gives every process of this machine a new history key and has them encrypt with it from their next payload on; what
 * older keys encrypted is still opened. Nothing has to be restarted. Answers the new key's id. After a crash in the
 * middle the next call ends what was begun.
 */
export async function rotateHistoryKeys(state: string): Promise<string> {
  const { openDatabase } = await import('#db');
  const owners = identities();
  const database = openDatabase(readSecretLine(ownerUrlFile(state)), 1);
  const locked = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> =>
    database.$transaction(async (tx) => {
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(${LOCK})`;
      return work(tx);
    });
  try {
    const id = await locked(async (tx) => {
      // Once every ring can open it, and before any encrypts with it: no process ever meets a key that it lacks.
      const added = addHistoryKey(state, owners);
      const actor = thisOperator();
      await appendLeaf(tx, { type: 'key.added', outcome: 'success', actor, do: { ring: 'history', key: added } }, 'ops');
      return added;
    });
    // A crash here leaves a key that nothing was encrypted with, and its leaf.
    await locked(async () => encryptWith(state, owners, id));
    return id;
  } finally {
    await database.$disconnect();
  }
}
