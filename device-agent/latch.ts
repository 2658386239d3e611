/** Something that one part waits for and another lets happen. What happened while nobody waited is not lost. */
export interface Latch {
  open: () => void;
  /** Resolves when it was opened since the last time, or after so many milliseconds, or with the signal. Never throws. */
  opened: (ms?: number) => Promise<void>;
}

export function latch(signal: AbortSignal): Latch {
  let isOpen = false;
  let wake: (() => void) | undefined;
  const open = (): void => {
    isOpen = true;
    wake?.();
  };
  signal.addEventListener('abort', open);
  return {
    open,
    async opened(ms) {
      if (!isOpen && !signal.aborted)
        await new Promise<void>((resolve) => {
          const timer = ms === undefined ? undefined : setTimeout(resolve, ms);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      wake = undefined;
      isOpen = false;
    },
  };
}
