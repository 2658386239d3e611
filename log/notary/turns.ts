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
 * Takes one turn after the other: at once when woken, by itself each second. What means that going on would do harm
 * (Overtaken, Behind, Bent) ends it and rejects `ended`; everything else is said in the log and tried again.
 */
export function createTurns(turn: () => Promise<Turn>, log: { warn(fields: object, message: string): void }) {
  let isWanted = false;
  let isEnding = false;
  let isResting = false;
  let call = (): void => {};
  const wake = (): void => {
    isWanted = true;
    if (isResting) call();
  };
  const pause = async (ms: number): Promise<void> => {
    const nap = new AbortController();
    call = () => nap.abort();
    if (!isEnding) await sleep(ms, undefined, { signal: nap.signal }).catch(() => {});
    call = () => {};
  };
  const rest = async (ms: number): Promise<void> => {
    if (isWanted) return;
    isResting = true;
    await pause(ms);
    isResting = false;
  };

  const run = async (): Promise<void> => {
    let failed = 0;
    for (;;) {
      if (isEnding) return;
      isWanted = false;
      const ended = await turn().catch((error: unknown) => {
        if (error instanceof Overtaken || error instanceof Behind || error instanceof Bent) throw error;
        log.warn({ failure: nameOf(error) }, 'a turn failed and is tried again');
        return 'failed' as const;
      });
      if (ended === 'idle' || ended === 'more') failed = 0;
      if (ended === 'idle') await rest(LOOK_MS);
      if (ended === 'unwitnessed' || ended === 'failed') await pause(PAUSES_MS[Math.min(failed++, PAUSES_MS.length - 1)] ?? LOOK_MS);
    }
  };
  return {
    wake,
    end: (): void => {
      isEnding = true;
      call();
    },
    ended: run(),
  };
}

/** ENOSPC, EIO and their like say what to do; a name says where to look. Never the words, in which a query could stand. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
