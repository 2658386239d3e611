import type { Database } from '#db';
import { appendLeaf, type NewLeaf } from '#prisma/leaves.ts';

/** What the API refuses by itself, without an update, has its leaf all the same: nobody is turned away unrecorded. Callers stand behind a limit. */
export async function recordRefusal(
  db: Database,
  refused: Pick<NewLeaf, 'type' | 'reset' | 'actor' | 'reason' | 'personal'>,
): Promise<void> {
  await db.$transaction((tx) => appendLeaf(tx, { ...refused, outcome: 'denied' }, 'api'));
}
