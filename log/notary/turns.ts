import { setTimeout as sleep } from 'node:timers/promises';
import type { Turn } from './run.ts';
import { Overtaken } from './overtaken.ts';
import { Bent } from './sequence.ts';
import { Behind } from './witnesses.ts';

/** Without any call it looks all the same: a notification may be lost with its connection. */
const LOOK_MS = 1000;
/** After a turn that could not end as it should (no quorum, database away) the next one waits longer each time. */
const PAUSES_MS = [50, 100, 250, 500, 1000, 2000];

/**
 * Leaves for which nobody waits are gathered for so long before they are taken together: a checkpoint costs as much for one
 * as for a thousand, in the database, on the disk and at every witness. So long a leaf stands in the database alone.
 */
const GATHER_MS = 250;

/**
 * Takes one turn after the other: at once when woken for what somebody waits for, a moment later when woken for anything
 * else, by itself each second. What means that going on would do harm (Overtaken, Behind, Bent) ends it and rejects
 * `ended`; everything else is said in the log and tried again.
 */
export function createTurns(turn: () => Promise<Turn>, log: { warn(fields: object, message: string): void }) {
  let isWanted = false;
  let isWaitedFor = false;
  let isEnding = false;
  let resting: { nap: AbortController; isOver: () => boolean } | undefined;
  const stir = (): void => {
    if (isEnding || resting?.isOver()) resting?.nap.abort();
  };
  const rest = async (ms: number, isOver: () => boolean): Promise<void> => {
    if (isEnding || isOver()) return;
    const nap = new AbortController();
    resting = { nap, isOver };
    await sleep(ms, undefined, { signal: nap.signal }).catch(() => {});
    resting = undefined;
  };

  const run = async (): Promise<void> => {
    let failed = 0;
    for (;;) {
      if (isWanted) await rest(GATHER_MS, () => isWaitedFor);
      if (isEnding) return;
      isWanted = isWaitedFor = false;
      const ended = await turn().catch((error: unknown) => {
        if (error instanceof Overtaken || error instanceof Behind || error instanceof Bent) throw error;
        log.warn({ failure: nameOf(error) }, 'a turn failed and is tried again');
        return 'failed' as const;
      });
      if (ended === 'idle' || ended === 'more') failed = 0;
      if (ended === 'idle') await rest(LOOK_MS, () => isWanted);
      if (ended === 'unwitnessed' || ended === 'failed')
        await rest(PAUSES_MS[Math.min(failed++, PAUSES_MS.length - 1)] ?? LOOK_MS, () => false);
    }
  };
  return {
    wake: (forSomebody = false): void => {
      isWanted = true;
      isWaitedFor ||= forSomebody;
      stir();
    },
    end: (): void => {
      isEnding = true;
      stir();
    },
    ended: run(),
  };
}

/** ENOSPC, EIO and their like say what to do; a name says where to look. Never the words, in which a query could stand. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
