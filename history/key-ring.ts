import { randomBytes } from 'node:crypto';
import { KEY_BYTES } from './workflow-key.ts';

/** A master key. Only keys derived from it encrypt (workflow-key.ts). */
export interface HistoryKey {
  id: string;
  /** RFC 3339, by the clock of the machine that made it; only orders keys. */
  made: string;
  secret: Buffer;
}

/** Every key that a process may open with, oldest first, and the id of the one that it encrypts with. */
export interface Ring {
  encrypts: string;
  keys: readonly HistoryKey[];
}

const ID = /^[a-z0-9-]{1,32}$/;

export function newHistoryKey(): HistoryKey {
  return { id: `h-${randomBytes(6).toString('hex')}`, made: new Date().toISOString(), secret: randomBytes(KEY_BYTES) };
}

/** Ring files are JSON: `{"encrypts": id, "keys": [{"id", "made", "secret": base64url of 32 bytes}]}`. */
export function formatRing({ encrypts, keys }: Ring): string {
  const written = keys.map(({ id, made, secret }) => ({ id, made, secret: secret.toString('base64url') }));
  return `${JSON.stringify({ encrypts, keys: written }, null, 2)}\n`;
}

/** Reads a ring file. Throws a sentence that names the file and the fault, never a byte of a key. */
export function parseRing(text: string, file: string): Ring {
  const faulty = (fault: string) =>
    new Error(`${file} is no ring of history keys: ${fault}. Put it back from a backup, or copy the ring of another process.`);
  const read = jsonOf(text) as { encrypts?: unknown; keys?: unknown } | undefined;
  if (!read || !Array.isArray(read.keys)) throw faulty('it is not the JSON of a ring');
  const keys = read.keys.map((entry: unknown): HistoryKey => {
    const { id, made, secret } = (entry ?? {}) as Record<string, unknown>;
    if (typeof id !== 'string' || !ID.test(id)) throw faulty('a key has no id of small letters, digits and hyphens');
    if (typeof made !== 'string' || Number.isNaN(Date.parse(made))) throw faulty(`key ${id} does not say when it was made`);
    const bytes = Buffer.from(typeof secret === 'string' ? secret : '', 'base64url');
    if (bytes.length !== KEY_BYTES) throw faulty(`key ${id} does not hold ${KEY_BYTES} bytes`);
    return { id, made, secret: bytes };
  });
  if (new Set(keys.map(({ id }) => id)).size !== keys.length) throw faulty('two keys have the same id');
  const { encrypts } = read;
  if (typeof encrypts !== 'string' || !keys.some(({ id }) => id === encrypts)) throw faulty('the key that it encrypts with is not in it');
  return { encrypts, keys };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // its words would quote the file
  }
}
