import type { Cursor } from './cursor.ts';
import type { Write } from './formats.ts';
import type { Health } from './health.ts';
import { Lost, type Connection } from './receiver.ts';
import { pause, session } from './session.ts';
import { openStanding } from './standing.ts';
import type { TrustedLog } from './trusted-log.ts';

export interface Forwarding {
  readonly log: TrustedLog;
  readonly connect: () => Promise<Connection>;
  readonly cursor: Cursor;
  /** Where to begin when the cursor is new. */
  readonly begin: bigint;
  readonly write: Write;
  readonly health: Health;
  readonly timing: Timing;
  /** Counts messages since the start, from 0. */
  readonly count: () => number;
}

/** In milliseconds. */
export interface Timing {
  /** How long a receiver must have stayed in reach after it read a leaf, until the leaf is never sent again. */
  readonly settle: number;
  /** After so long a connection that carried something is closed in order. */
  readonly confirm: number;
  /** Nothing is sent for so long before that: what arrives at a receiver that has just gone comes back as a reset meanwhile. */
  readonly quiet: number;
  /** Between two looks at the log. */
  readonly poll: number;
  /** Between two tries to connect: first, and at most. */
  readonly retry: number;
  readonly retryMost: number;
  /** How long a receiver may take to close its side. */
  readonly close: number;
}

export function timingOf(settleSeconds: number): Timing {
  const settle = settleSeconds * 1000;
  const confirm = Math.min(10_000, settle / 3);
  return { settle, confirm, quiet: Math.min(1000, confirm / 2), poll: 500, retry: 500, retryMost: 30_000, close: 60_000 };
}

/**
 * Forwards every leaf that the quorum has cosigned, in order, until the signal. Syslog knows no acknowledgement, so the
 * cursor moves over a leaf only when (1) the connection that carried it went quiet and was then closed in order by both
 * sides, which a receiver's TCP does once its process has read everything, and (2) the receiver stayed in reach for the
 * settling time afterwards. Whenever it is lost, all that is not settled is sent again, from the first on. So every leaf
 * arrives at least once, and the first copies of all of them in order. Rejects with Contradicted when the log is not the
 * one that it was.
 */
export async function forward(deps: Forwarding, signal: AbortSignal): Promise<void> {
  const { health, timing } = deps;
  const standing = openStanding(deps.log, deps.cursor, deps.begin, health);
  let wait = timing.retry;
  while (!signal.aborted) {
    const begun = Date.now();
    try {
      standing.look();
      await session(deps, standing, signal);
    } catch (error) {
      if (!(error instanceof Lost)) throw error;
      health.lost(error.message, standing.next);
      health.waiting(standing.size - standing.next);
      // Whoever stays for a while is welcome again at once; whoever hangs up at once is asked less and less.
      if (Date.now() - begun >= timing.confirm) wait = timing.retry;
      await pause(wait, signal);
      wait = Math.min(wait * 2, timing.retryMost);
    }
  }
}
