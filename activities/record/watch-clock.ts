import type { Database } from '#db';
import { appendLeaf } from '#prisma/leaves.ts';
import type { Log } from '#process-log';
import { askChrony } from './chrony.ts';

const LOOK_MS = 10_000;
const TRACKING_MS = 3_600_000;
/** Slewing stays far below this between two looks; a step, or a sleep of the machine, does not. */
const STEP_MS = 1_000;

export interface ClockParts {
  wallMs: () => number;
  monotonicMs: () => number;
  tracking: typeof askChrony;
}

const HOST: ClockParts = { wallMs: () => Date.now(), monotonicMs: () => performance.now(), tracking: askChrony };

/**
 * Looks after the clock that this host's leaves are stamped with. `tracking` records by what it is kept right, or that it
 * is not; `look` records when the wall clock has moved against the monotonic one since the last look. Answers whether it did.
 */
export function clockOf(db: Database, process: string, parts: ClockParts = HOST) {
  const actor = { type: 'service', name: process } as const;
  const ahead = (): number => parts.wallMs() - parts.monotonicMs();
  let last = ahead();
  return {
    async tracking(): Promise<void> {
      const found = await parts.tracking();
      const facts = found
        ? { source: found.source, stratum: found.stratum, offset_ns: found.offsetNs, leap: found.leap }
        : { source: null, why: 'chronyc is not there or does not answer: nobody says what keeps this clock right' };
      const outcome = !found ? 'unknown' : found.leap === 'Not synchronised' ? 'failure' : 'success';
      await db.$transaction((tx) => appendLeaf(tx, { type: 'clock.tracking', outcome, actor, do: facts }, process));
    },
    async look(): Promise<boolean> {
      const now = ahead();
      const by = Math.round(now - last);
      if (Math.abs(by) < STEP_MS) {
        last = now;
        return false;
      }
      await db.$transaction((tx) => appendLeaf(tx, { type: 'clock.stepped', outcome: 'failure', actor, do: { by_ms: by } }, process));
      // Only now: a step whose leaf could not be written is seen again at the next look.
      last = now;
      return true;
    },
  };
}

/** Watches until the returned function is called. What could not be recorded is tried again at the next turn. */
export function watchClock(db: Database, process: string, log: Log): () => Promise<void> {
  const clock = clockOf(db, process);
  let running: Promise<unknown> = Promise.resolve();
  const turn = (work: () => Promise<unknown>) => () => {
    running = running
      .then(work)
      .catch((error: unknown) =>
        log.warn(
          { failure: error instanceof Error ? error.name : 'unknown' },
          'the state of the clock could not be recorded and is tried again',
        ),
      );
  };
  turn(() => clock.tracking())();
  const timers = [
    setInterval(
      turn(() => clock.tracking()),
      TRACKING_MS,
    ),
    setInterval(
      turn(() => clock.look()),
      LOOK_MS,
    ),
  ];
  return async () => {
    for (const timer of timers) clearInterval(timer);
    await running;
  };
}
