import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '#db';
import type { Changes } from '#prisma/changes.ts';
import type { WorkerActivities } from '../contract.ts';

/** The intent is not in a published checkpoint yet. Retried until it is: without the quorum nothing is written, and nothing is lost. */
export class NotWitnessed extends Error {
  constructor() {
    super('the intent is not witnessed yet');
    this.name = 'NotWitnessed';
  }
}

/** With witnesses on the same network a checkpoint takes a tenth of this; whoever waits longer gives its place to others and comes back. */
const PATIENCE_MS = 2000;
/** A notification may be lost with its connection. */
const LOOK_MS = 250;

/** Waits for the receipt of a leaf: its index and the size of the first cosigned checkpoint that covers it. Throws NotWitnessed after two seconds. */
export async function awaitWitnessed(
  { db, changes }: { db: Database; changes: Pick<Changes, 'on'> },
  { leaf, unwitnessed }: Parameters<WorkerActivities['awaitWitnessed']>[0],
): ReturnType<WorkerActivities['awaitWitnessed']> {
  const until = Date.now() + PATIENCE_MS;
  let wake = (): void => {};
  const stop = changes.on(({ topic }) => topic === 'log' && wake());
  try {
    for (;;) {
      const nap = new AbortController();
      // Before the look, so that a checkpoint published between the two wakes us.
      wake = () => nap.abort();
      const receipt = await db.logReceipt.findUnique({ where: { leafId: leaf }, select: { index: true, size: true } });
      if (receipt) return { index: String(receipt.index), size: String(receipt.size) };
      const interim = unwitnessed
        ? await db.unwitnessedReceipt.findUnique({ where: { leafId: leaf }, select: { index: true, size: true } })
        : null;
      if (interim) return { index: String(interim.index), size: String(interim.size) };
      if (Date.now() > until) throw new NotWitnessed();
      await sleep(LOOK_MS, undefined, { signal: nap.signal }).catch(() => {});
    }
  } finally {
    stop();
  }
}
