import { withDeadline } from './controller.ts';
import { DirectoryUnavailable } from './errors.ts';

export type Slots<S> = {
  /** A slot for the caller alone, until given back, one that `prefer` likes if it is free; waits its turn. Throws DirectoryUnavailable after ten seconds. */
  take: (prefer: (slot: S) => boolean) => Promise<S>;
  give: (slot: S) => void;
};

const queueMs = 10_000;

/** Hands out a fixed number of slots, one holder each, first come first served. */
export function slotsOf<S>(slots: readonly S[]): Slots<S> {
  const free = new Set(slots);
  const waiting: ((slot: S) => void)[] = [];

  function give(slot: S): void {
    const next = waiting.shift();
    if (next) next(slot);
    else free.add(slot);
  }

  async function take(prefer: (slot: S) => boolean): Promise<S> {
    const slot = [...free].find(prefer) ?? [...free][0];
    if (slot !== undefined) {
      free.delete(slot);
      return slot;
    }
    const { promise: turn, resolve } = Promise.withResolvers<S>();
    waiting.push(resolve);
    try {
      return await withDeadline(turn, queueMs, 'waiting for a connection');
    } catch {
      const place = waiting.indexOf(resolve);
      if (place >= 0) waiting.splice(place, 1);
      // Handed over in the very moment of giving up: pass it on, or the connection would stay taken for ever.
      else void turn.then(give);
      throw new DirectoryUnavailable('all connections are in use');
    }
  }

  return { take, give };
}
