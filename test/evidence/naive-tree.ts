import { createHash } from 'node:crypto';

/** The recursive definitions of RFC 6962 §2.1, word for word and as slow as they are, to hold the product's against. */
const sha256 = (...parts: Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();

export const naiveLeafHash = (leaf: Uint8Array): Buffer => sha256(Buffer.of(0), leaf);

function split(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/** MTH of these leaf hashes. Remembers what it has computed, or 600 sizes would take minutes. */
export function naiveTree(leaves: readonly Buffer[]) {
  const known = new Map<string, Buffer>();
  function mth(start: number, end: number): Buffer {
    if (end === start) return sha256();
    const leaf = leaves[start];
    if (end - start === 1 && leaf) return leaf;
    const name = `${start}-${end}`;
    const k = split(end - start);
    const hash = known.get(name) ?? sha256(Buffer.of(1), mth(start, start + k), mth(start + k, end));
    known.set(name, hash);
    return hash;
  }
  function path(m: number, start: number, end: number): Buffer[] {
    if (end - start === 1) return [];
    const k = split(end - start);
    return m < k ? [...path(m, start, start + k), mth(start + k, end)] : [...path(m - k, start + k, end), mth(start, start + k)];
  }
  function subproof(m: number, start: number, end: number, whole: boolean): Buffer[] {
    const n = end - start;
    if (m === n) return whole ? [] : [mth(start, end)];
    const k = split(n);
    return m <= k
      ? [...subproof(m, start, start + k, whole), mth(start + k, end)]
      : [...subproof(m - k, start + k, end, false), mth(start, start + k)];
  }
  return {
    range: mth,
    root: (size: number) => mth(0, size),
    inclusion: (index: number, size: number) => path(index, 0, size),
    consistency: (oldSize: number, size: number) => subproof(oldSize, 0, size, true),
  };
}

/** Leaves whose bytes nobody chose, the same in every run. */
export const someLeaves = (count: number): Buffer[] => Array.from({ length: count }, (_, at) => Buffer.from(`leaf ${at}`));
