import { parseRing, type HistoryKey, type Ring } from './key-ring.ts';

/** A ring file as a process sees it. */
export interface RingSource {
  /** For sentences: the file's path. */
  name: string;
  read(): string;
  /** Changes whenever the file was replaced. */
  stamp(): string;
}

/** The history keys that a process holds. */
export interface HistoryKeys {
  /** What to encrypt with now. */
  newest(): HistoryKey;
  /** Any key that the ring holds, or undefined. */
  find(id: string): HistoryKey | undefined;
}

/**
 * Opens a ring and follows its file: a key that was added counts from the next payload on, without a restart. Throws a
 * sentence that names the fix when there is no ring. A ring that breaks while the process runs changes nothing for it;
 * the doctor names it.
 */
export function openRing(source: RingSource): HistoryKeys {
  let ring = first(source);
  let seen = source.stamp();
  const follow = (): void => {
    try {
      const stamp = source.stamp();
      if (stamp === seen) return;
      ring = parseRing(source.read(), source.name);
      seen = stamp;
    } catch {
      // What was read before still opens and encrypts.
    }
  };
  return {
    newest() {
      follow();
      const found = ring.keys.find(({ id }) => id === ring.encrypts);
      if (!found) throw new Error('parseRing has seen to it that a ring holds the key it encrypts with');
      return found;
    },
    find(id) {
      follow();
      return ring.keys.find((key) => key.id === id);
    },
  };
}

function first(source: RingSource): Ring {
  const { name } = source;
  let text: string;
  try {
    text = source.read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new Error(
      `${name} is missing, and without the history keys no workflow can be read. Copy the ring of another process, or put it back from a backup; where there was none yet, npm start makes it.`,
      { cause: error },
    );
  }
  return parseRing(text, name);
}
