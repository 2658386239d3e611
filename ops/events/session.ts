import { setTimeout } from 'node:timers/promises';
import { leafEvent } from '#audit/leaf-event.ts';
import { octetCounted } from '#audit/syslog.ts';
import type { Forwarding } from './follow.ts';
import type { Connection } from './receiver.ts';
import type { Standing } from './standing.ts';

/** How long an end that waits for nothing may take. */
const LAST_WORDS_MS = 2000;

/**
 * Sends every leaf from where the standing says, over one connection after the other, until the signal or until the
 * receiver is lost. Each connection that carried something is closed in order after a while, which shows what was read;
 * what was read is settled once the receiver stayed in reach for long enough. Rejects with Lost, Contradicted.
 */
export async function session(deps: Forwarding, standing: Standing, signal: AbortSignal): Promise<void> {
  const { connect, timing, health, count } = deps;
  let line: Connection = await connect();
  health.connected(standing.next);
  let next = standing.next;
  /** What this connection carries: since when, and until when. */
  let carried: { since: number; last: number } | undefined;
  const read: { next: bigint; at: number }[] = [];
  const isDue = (): boolean => carried !== undefined && (signal.aborted || Date.now() - carried.since >= timing.confirm);

  /** Sends what there is, until the connection is due. Answers whether there was anything. */
  const send = async (): Promise<boolean> => {
    const before = next;
    for (const { index, bytes } of standing.leaves(next)) {
      await line.send(octetCounted(deps.write(leafEvent(standing.origin, index, bytes), count())));
      next = index + 1n;
      carried = { since: carried?.since ?? Date.now(), last: Date.now() };
      if (signal.aborted || isDue()) break;
    }
    health.waiting(standing.size - next);
    return next > before;
  };
  const confirm = async (last: number): Promise<void> => {
    await pause(last + timing.quiet - Date.now(), line.lost);
    await line.close(timing.close);
    read.push({ next, at: Date.now() });
    carried = undefined;
  };
  const settle = (): void => {
    while (read[0] && Date.now() - read[0].at >= timing.settle) standing.settle(read.shift()?.next ?? standing.next);
  };

  try {
    for (;;) {
      standing.look();
      const sent = await send();
      if (carried && isDue()) {
        await confirm(carried.last);
        if (signal.aborted) return;
        // A receiver that died after it read is found here, or by the loss of the next connection.
        line = await connect();
      }
      settle();
      // Nothing is to be learnt from its answer.
      if (signal.aborted) return await line.close(LAST_WORDS_MS).catch(() => undefined);
      if (!sent) await pause(timing.poll, line.lost);
      line.lost.throwIfAborted();
    }
  } finally {
    line.destroy();
  }
}

/** Ends early when the signal is aborted. */
export const pause = (ms: number, signal: AbortSignal): Promise<unknown> =>
  setTimeout(Math.max(0, ms), undefined, { signal }).catch(() => undefined);
