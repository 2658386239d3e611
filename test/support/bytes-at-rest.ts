import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The forms in which a text may lie in a file: UTF-8, UTF-16LE, both in hex, and base64 at each of its three alignments. */
export function formsOf(secret: string): Buffer[] {
  const plain = [Buffer.from(secret, 'utf8'), Buffer.from(secret, 'utf16le')];
  const base64 = plain.flatMap((bytes) =>
    [0, 1, 2].map((shift) => {
      const text = Buffer.concat([Buffer.alloc(shift), bytes])
        .toString('base64')
        .replace(/=+$/, '');
      // Symbols that mix in neighbouring bytes are left out at both ends.
      return Buffer.from(text.slice(shift === 0 ? 0 : shift + 1, -1));
    }),
  );
  return [...plain, ...plain.flatMap((b) => [Buffer.from(b.toString('hex')), Buffer.from(b.toString('hex').toUpperCase())]), ...base64];
}

/** Every file below a folder, without the files and folders that are left out by their paths. */
export function filesUnder(folder: string, isLeftOut: (path: string) => boolean = () => false): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (isLeftOut(path)) return [];
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat) return [];
    if (stat.isDirectory()) return filesUnder(path, isLeftOut);
    return stat.isFile() ? [path] : [];
  });
}

/** Names of the needles that a file holds; one pass over it for all of them. */
export async function heldBy(file: string, needles: ReadonlyMap<string, readonly Buffer[]>): Promise<Set<string>> {
  const hits = new Set<string>();
  const longest = Math.max(...[...needles.values()].flat().map((n) => n.length));
  let tail = Buffer.alloc(0);
  for await (const chunk of createReadStream(file, { highWaterMark: 4 << 20 })) {
    const window = Buffer.concat([tail, chunk as Buffer]);
    for (const [name, ways] of needles) if (!hits.has(name) && ways.some((way) => window.includes(way))) hits.add(name);
    tail = window.subarray(Math.max(0, window.length - longest));
  }
  return hits;
}
