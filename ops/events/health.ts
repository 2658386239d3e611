import type { Log } from '#process-log';

/** What a forwarder says of itself: a line of JSON whenever something is not as it was. */
export interface Health {
  connected(from: bigint): void;
  /** The receiver is lost; what is sent to the next one begins at `again`. */
  lost(why: string, again: bigint): void;
  /** How many leaves are published and not sent. */
  waiting(leaves: bigint): void;
  readable(): void;
  unreadable(error: unknown): void;
}

/** Leaves that wait for longer than this are said. */
const BEHIND_MS = 30_000;

export function openHealth(log: Log, now: () => number = Date.now): Health {
  let link: string | undefined;
  let folder: string | undefined;
  let behindSince: number | undefined;
  let isBehind = false;
  return {
    connected(from) {
      if (link !== 'connected') log.info({ from: String(from) }, 'connected');
      link = 'connected';
    },
    lost(why, again) {
      if (link !== why) log.warn({ why, again: String(again) }, 'lost');
      link = why;
    },
    waiting(leaves) {
      behindSince = leaves > 0n ? (behindSince ?? now()) : undefined;
      const was = isBehind;
      isBehind = behindSince !== undefined && now() - behindSince >= BEHIND_MS;
      if (isBehind && !was) log.warn({ lag: String(leaves) }, 'behind');
      if (!isBehind && was) log.info({ lag: String(leaves) }, 'caught up');
    },
    readable() {
      if (folder !== undefined) log.info({}, 'the published log can be read again');
      folder = undefined;
    },
    unreadable(error) {
      const why = error instanceof Error ? error.message : 'it is not known why';
      if (folder !== why) log.warn({ why }, 'the published log cannot be read');
      folder = why;
    },
  };
}
