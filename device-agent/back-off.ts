import { randomInt } from 'node:crypto';

/** How long to wait before the next try: twice as long each time, up to a minute, and by chance between half of it and all, so that devices do not come together. */
export function backOff(): { next: () => number; reset: () => void } {
  let step = 0;
  return {
    next() {
      const most = Math.min(500 * 2 ** step++, 60_000);
      step = Math.min(step, 10);
      return randomInt(most / 2, most + 1);
    },
    reset() {
      step = 0;
    },
  };
}
