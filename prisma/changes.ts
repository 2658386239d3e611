import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

const TOPICS = ['resets', 'audit', 'intents', 'log', 'alarms', 'tellings', 'messages', 'devices'] as const;
export type Topic = (typeof TOPICS)[number];

/** Something was recorded: a leaf of a reset (its id), one outside resets (the leaf's id), the intent of one for whose witnesses it waits (the leaf's id), or a checkpoint of the log was published (its size), an alarm was raised or acknowledged (its id), people have to be told of a reset or of factors (its id), somebody got or read a message (their GUID), or a device or what it is told has changed (its id). */
export interface Change {
  topic: Topic;
  id: string;
}

/** Stands for any id: the connection was lost for a while, and what was missed is not known. */
export const EVERYTHING = '*';

export interface Changes {
  /** Calls back for every change until the returned function is called. */
  on(listener: (change: Change) => void): () => void;
  close(): Promise<void>;
}

/** Listens on PostgreSQL's channel `countersign`, which every leaf notifies as it is committed. Reconnects by itself. */
export function listenForChanges(url: string, log: { warn(fields: object, message: string): void }): Changes {
  const listeners = new Set<(change: Change) => void>();
  const tell = (change: Change) => {
    for (const listener of listeners) listener(change);
  };
  const closing = new AbortController();
  let client: Client | undefined;

  const listen = async (): Promise<void> => {
    const mine = new Client({ connectionString: url, application_name: 'countersign-changes', keepAlive: true });
    client = mine;
    const lost = new Promise<void>((resolve) => {
      mine.on('error', () => resolve());
      mine.on('end', () => resolve());
    });
    mine.on('notification', ({ payload }) => {
      const [topic, id] = (payload ?? '').split(':');
      const known = TOPICS.find((one) => one === topic);
      if (known && id) tell({ topic: known, id });
    });
    await mine.connect();
    await mine.query('LISTEN countersign');
    tell({ topic: 'resets', id: EVERYTHING });
    await lost;
  };

  const keepListening = async () => {
    for (let pause = 200; !closing.signal.aborted; pause = Math.min(pause * 2, 5000)) {
      const began = Date.now();
      await listen().catch(() => {});
      if (closing.signal.aborted) return;
      if (Date.now() - began > 60_000) pause = 200;
      log.warn({ pauseMs: pause }, 'the change channel is down and will be opened again');
      await sleep(pause);
    }
  };
  void keepListening();

  return {
    on(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      closing.abort();
      await client?.end().catch(() => {});
    },
  };
}
