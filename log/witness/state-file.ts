import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { removeUnfinished, writeDurably } from '../durable-file.ts';

/** What a witness remembers of each log, by origin: the tree that it cosigned last, and the note that it answered with. */
export interface Seen {
  size: bigint;
  root: Buffer;
  note: string;
}

const file = z.record(z.string(), z.strictObject({ size: z.string().regex(/^\d+$/), root: z.base64().length(44), note: z.string() }));

export interface StateFile {
  get(origin: string): Seen | undefined;
  /** Keeps what is about to be cosigned. It is on the disk when this returns, and only then may the witness answer. */
  put(origin: string, seen: Seen): void;
}

/** Opens the state of a witness. Throws when the file is damaged: a witness that forgets would cosign a second history. */
export function openStateFile(path: string): StateFile {
  removeUnfinished(dirname(path));
  const seen = new Map<string, Seen>(
    Object.entries(existsSync(path) ? read(path) : {}).map(([origin, { size, root, note }]) => [
      origin,
      { size: BigInt(size), root: Buffer.from(root, 'base64'), note },
    ]),
  );
  return {
    get: (origin) => seen.get(origin),
    put(origin, now) {
      const next = new Map(seen).set(origin, now);
      const all = [...next].map(([name, { size, root, note }]) => [name, { size: String(size), root: root.toString('base64'), note }]);
      writeDurably(path, Buffer.from(`${JSON.stringify(Object.fromEntries(all), null, 1)}\n`), 0o600);
      seen.set(origin, now);
    },
  };
}

function read(path: string): z.infer<typeof file> {
  try {
    return file.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    throw new Error(
      `${path} cannot be read as the state of a witness. Bring back its newest copy; a witness must not begin again from nothing.`,
    );
  }
}
