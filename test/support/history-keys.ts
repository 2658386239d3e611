import { formatRing, newHistoryKey, type HistoryKey, type Ring } from '#history/key-ring.ts';
import type { RingSource } from '#history/open-ring.ts';

/** A ring file that a test holds in its hand. */
export interface RingInHand extends RingSource {
  replace: (text: string) => void;
}

export function ringInHand(ring: Ring): RingInHand {
  let text = formatRing(ring);
  let version = 0;
  return {
    name: 'history.keys',
    read: () => text,
    stamp: () => String(version),
    replace(next) {
      text = next;
      version += 1;
    },
  };
}

/** A ring of these keys, which encrypts with the last; of one new key when none are given. */
export function newRing(keys: readonly [HistoryKey, ...HistoryKey[]] = [newHistoryKey()]): RingInHand {
  return ringInHand({ encrypts: (keys.at(-1) ?? keys[0]).id, keys });
}
