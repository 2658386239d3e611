import type { Log } from '#process-log';

export interface Turns {
  /** Takes a turn now, unless one is being taken. */
  look: () => void;
  stop: () => Promise<void>;
}

/** Takes a turn now and every so many milliseconds until it is stopped. One that fails is logged in these words and tried again at the next. */
export function againAndAgain(everyMs: number, turn: () => Promise<void>, log: Log, failed: string): Turns {
  let running: Promise<void> | undefined;
  const look = (): void => {
    running ??= turn()
      .catch((error: unknown) => log.warn({ failure: error instanceof Error ? error.name : 'unknown' }, failed))
      .finally(() => (running = undefined));
  };
  look();
  const timer = setInterval(look, everyMs);
  return {
    look,
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
