/**
 * A set that answers "certainly not" or "perhaps" (B. H. Bloom, "Space/Time Trade-offs in Hash Coding with Allowable Errors",
 * CACM 13(7), 1970). Its members are digests, so their own bytes serve as hash functions: two of them make all the others
 * (A. Kirsch, M. Mitzenmacher, "Less Hashing, Same Performance: Building a Better Bloom Filter", ESA 2006).
 */
export interface BloomFilter {
  /** `digest`: at least 12 bytes, of which bytes 4 to 11 are looked at. */
  add: (digest: Uint8Array) => void;
  /** Never false for what was added. True for about 2 of 1,000 others while no more is added than was announced. */
  mayHold: (digest: Uint8Array) => boolean;
  /** What it occupies in memory. */
  readonly bytes: number;
}

/** 13 bits an entry and 9 probes (13 · ln 2): 0.19 % of strangers pass, and ten million entries take 16.3 MB. */
const BITS_PER_ENTRY = 13;
const PROBES = 9;

/** An empty filter for so many digests. */
export function bloomFilter(entries: number): BloomFilter {
  const bits = Math.max(64, entries * BITS_PER_ENTRY);
  const words = new Uint32Array(Math.ceil(bits / 32));
  /** Visits the places of a digest until `visit` says no; answers whether it never did. */
  const everyPlace = (digest: Uint8Array, visit: (word: number, bit: number) => boolean): boolean => {
    let place = uint32(digest, 4) % bits;
    const step = uint32(digest, 8) % bits || 1;
    for (let probe = 0; probe < PROBES; probe++) {
      if (!visit(place >>> 5, 1 << (place & 31))) return false;
      place += step;
      if (place >= bits) place -= bits;
    }
    return true;
  };
  return {
    bytes: words.byteLength,
    add: (digest) => {
      everyPlace(digest, (word, bit) => {
        words[word] = (words[word] ?? 0) | bit;
        return true;
      });
    },
    mayHold: (digest) => everyPlace(digest, (word, bit) => ((words[word] ?? 0) & bit) !== 0),
  };
}

function uint32(bytes: Uint8Array, at: number): number {
  return (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0;
}
