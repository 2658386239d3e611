import { rootOf } from './frontier.ts';
import { Malformed } from './malformed.ts';
import type { HashOf, Subtree } from './merkle-tree.ts';
import { HASH_BYTES, MAX_NUMBER } from './wire-text.ts';

/**
 * Tiles, C2SP tlog-tiles v0.1.0: the hashes of a log in files of up to 256, which are never changed once full. A tile of
 * level l holds hashes of complete subtrees of 256^l leaves; a full one is one hash of the level above.
 */
export const TILE_WIDTH = 256;
const TILE_HEIGHT = 8;

export interface Tile {
  readonly level: number;
  readonly index: bigint;
  /** 1 to 256 hashes; less than 256 is a partial tile. */
  readonly width: number;
}

/** A tile of hashes, or the entries of a tile of level 0. */
export const tilePath = ({ level, index, width }: Tile): string => `tile/${level}/${indexPath(index, width)}`;
export const entriesPath = ({ index, width }: Omit<Tile, 'level'>): string => `tile/entries/${indexPath(index, width)}`;

function indexPath(index: bigint, width: number): string {
  const digits = index.toString();
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/.{3}/g) ?? [];
  const path = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/');
  return width < TILE_WIDTH ? `${path}.p/${width}` : path;
}

/** The tile of exactly these paths; undefined for any other. */
export function parseTilePath(path: string): { kind: 'hashes' | 'entries'; tile: Tile } | undefined {
  const match = /^tile\/(entries|0|[1-9]\d?)\/((?:x\d{3}\/){0,6}\d{3})(?:\.p\/([1-9]\d{0,2}))?$/.exec(path);
  if (!match) return undefined;
  const [, level = '', groups = '', partial] = match;
  const index = BigInt(groups.replaceAll(/[x/]/g, ''));
  const tile = { level: level === 'entries' ? 0 : Number(level), index, width: partial ? Number(partial) : TILE_WIDTH };
  const kind = level === 'entries' ? 'entries' : 'hashes';
  const written = kind === 'entries' ? entriesPath(tile) : tilePath(tile);
  return tile.level < 64 && index <= MAX_NUMBER && written === path ? { kind, tile } : undefined;
}

/** How many hashes a level has in a log of this size. */
const hashesAt = (level: number, size: bigint): bigint => size >> BigInt(level * TILE_HEIGHT);

/** The tile in a log of this size, full or partial; undefined when the log has no hash in it. */
export function tileAt(level: number, index: bigint, size: bigint): Tile | undefined {
  const rest = hashesAt(level, size) - index * BigInt(TILE_WIDTH);
  return rest <= 0n ? undefined : { level, index, width: rest < BigInt(TILE_WIDTH) ? Number(rest) : TILE_WIDTH };
}

export const tileBytes = (hashes: readonly Uint8Array[]): Buffer => Buffer.concat(hashes);

/** Throws Malformed when the bytes are not exactly the hashes of the tile. */
export function tileHashes(bytes: Uint8Array, { width }: Tile): Buffer[] {
  if (bytes.length !== width * HASH_BYTES) throw new Malformed(`a tile of ${width} hashes has ${width * HASH_BYTES} bytes`);
  return Array.from({ length: width }, (_, at) => Buffer.from(bytes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES)));
}

/** A complete subtree, the tile that holds it in a log of this size, and which of its hashes, from first to end, it consists of. */
export function placeOf({ level, index }: Subtree, size: bigint): { tile: Tile; first: number; end: number } {
  const tileLevel = Math.floor(level / TILE_HEIGHT);
  const width = 1n << BigInt(level % TILE_HEIGHT);
  const tile = tileAt(tileLevel, (index * width) / BigInt(TILE_WIDTH), size);
  const first = Number((index * width) % BigInt(TILE_WIDTH));
  const end = first + Number(width);
  if (!tile || end > tile.width) throw new RangeError(`a log of ${size} does not hold that subtree`);
  return { tile, first, end };
}

/** The hash of any complete subtree of a log of this size, read from its tiles. Throws what reading throws, and Malformed for a tile of the wrong length. */
export function hashesFromTiles(size: bigint, read: (tile: Tile) => Uint8Array): HashOf {
  return (subtree) => {
    const { tile, first, end } = placeOf(subtree, size);
    return rootOf(tileHashes(read(tile), tile).slice(first, end));
  };
}

/** The tiles that hold these subtrees in a log of this size, each once. */
export function tilesOf(subtrees: readonly Subtree[], size: bigint): Tile[] {
  const tiles = new Map(subtrees.map((subtree) => placeOf(subtree, size).tile).map((tile) => [tilePath(tile), tile]));
  return [...tiles.values()];
}
