import type { Held } from '../live-audit/pass.ts';
import type { Cursor, Place } from './cursor.ts';
import type { Health } from './health.ts';
import { Contradicted, type TrustedLog } from './trusted-log.ts';

/** Where a forwarder stands: the log as it was last believed, and up to where the receiver is known to have it. */
export interface Standing {
  /** The first leaf that is sent again when the receiver is lost. */
  readonly next: bigint;
  /** Leaves of the believed checkpoint; 0 before the first. */
  readonly size: bigint;
  readonly origin: string;
  /** Looks for a newer checkpoint. Throws Contradicted when it does not continue the last. */
  look(): void;
  /** Leaves of the believed checkpoint from this one on; ends early where a file cannot be read now. Throws Contradicted. */
  leaves(from: bigint): Generator<{ index: bigint; bytes: Buffer }>;
  /** The leaves before this one are never sent again. */
  settle(next: bigint): void;
}

/** Goes on from the cursor, or begins at a leaf when the cursor is new. */
export function openStanding(log: TrustedLog, cursor: Cursor, begin: bigint, health: Health): Standing {
  let place: Place | undefined = cursor.read();
  const settled = (): bigint => place?.next ?? begin;
  const unlessContradicted = (error: unknown): void => {
    if (error instanceof Contradicted) throw error;
    health.unreadable(error);
  };
  return {
    get next() {
      return settled();
    },
    get size() {
      return place?.held.size ?? 0n;
    },
    get origin() {
      return place?.held.origin ?? '';
    },
    look() {
      let held: Held;
      try {
        held = log.look(place?.held);
      } catch (error) {
        return unlessContradicted(error);
      }
      // On the disk before a leaf under it is sent: after a crash we still know of which log we spoke.
      if (held !== place?.held && held.size >= settled()) cursor.keep((place = { next: settled(), held }));
    },
    *leaves(from) {
      if (!place) return;
      try {
        yield* log.leaves(place.held, from);
        health.readable();
      } catch (error) {
        unlessContradicted(error);
      }
    },
    settle(next) {
      if (!place || next <= place.next) return;
      // If we crash before this is on the disk, these leaves are sent once more.
      cursor.keep((place = { ...place, next }));
    },
  };
}
