import type { Database } from '#db';
import { appendLeaf } from '#prisma/leaves.ts';

interface Counted {
  minute: number;
  source: string;
  counts: Record<string, number>;
}

/** Requests beyond the limits, counted in memory and written as one leaf per source and minute: a flood must not become a flood of leaves. */
export interface Excess {
  count(source: string, limit: string): void;
  settle(all: boolean): Promise<void>;
}

/** A flood from very many addresses is told as one: the address is then "many". */
const MOST_SOURCES = 1000;

export function createExcess(db: Database): Excess {
  const counted = new Map<string, Counted>();
  const minuteNow = () => Math.floor(Date.now() / 60_000);

  return {
    count(address, limit) {
      const minute = minuteNow();
      const source = counted.has(`${minute} ${address}`) || counted.size < MOST_SOURCES ? address : 'many';
      const key = `${minute} ${source}`;
      const entry = counted.get(key) ?? { minute, source, counts: {} };
      entry.counts[limit] = (entry.counts[limit] ?? 0) + 1;
      counted.set(key, entry);
    },
    async settle(all) {
      const due = [...counted].filter(([, { minute }]) => all || minute < minuteNow());
      for (const [key, { minute, source, counts }] of due) {
        // Taken out first and put back on failure: a count that came meanwhile is of a later minute.
        counted.delete(key);
        const from = new Date(minute * 60_000).toISOString();
        await db
          .$transaction((tx) =>
            appendLeaf(
              tx,
              { type: 'reset.admission-refused', outcome: 'denied', do: { minute: from, ...counts }, personal: { address: source } },
              'api',
            ),
          )
          .catch((error: unknown) => {
            counted.set(key, { minute, source, counts });
            throw error;
          });
      }
    },
  };
}
