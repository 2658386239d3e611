import { MAX_LEAF_BYTES } from './leaf.ts';
import { Malformed } from './malformed.ts';
import { TILE_WIDTH } from './tiles.ts';

/**
 * Entry bundles, C2SP tlog-tiles v0.1.0: the leaves of a tile of level 0, each after its length as two bytes, big-endian.
 * That length is why a leaf has 65,535 bytes at most.
 */
export function printEntries(entries: readonly Uint8Array[]): Buffer {
  return Buffer.concat(entries.flatMap((entry) => [lengthOf(entry), entry]));
}

function lengthOf(entry: Uint8Array): Buffer {
  if (entry.length > MAX_LEAF_BYTES) throw new RangeError('a leaf may have 65,535 bytes at most');
  const length = Buffer.alloc(2);
  length.writeUInt16BE(entry.length);
  return length;
}

/** Throws Malformed when the bytes are not exactly this many entries, 256 for a full bundle. */
export function parseEntries(bytes: Uint8Array, width = TILE_WIDTH): Buffer[] {
  const all = Buffer.from(bytes);
  const entries: Buffer[] = [];
  let at = 0;
  while (at < all.length) {
    const start = at + 2;
    const end = start <= all.length ? start + all.readUInt16BE(at) : Infinity;
    if (end > all.length) throw new Malformed('an entry bundle ends within an entry');
    entries.push(all.subarray(start, end));
    at = end;
  }
  if (entries.length !== width) throw new Malformed(`the entry bundle has ${entries.length} entries, not ${width}`);
  return entries;
}
