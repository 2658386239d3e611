/** Mann–Whitney U as a z score: how surely the one side is slower (positive) or faster than the other. |z| above 4 happens by chance once in 16,000 runs. */
export function z(a: readonly number[], b: readonly number[]): number {
  const all = [...a.map((ms) => ({ ms, side: 0 })), ...b.map((ms) => ({ ms, side: 1 }))].toSorted((x, y) => x.ms - y.ms);
  const ranks = all.reduce((sum, { side }, index) => sum + (side === 0 ? index + 1 : 0), 0);
  const u = ranks - (a.length * (a.length + 1)) / 2;
  const mean = (a.length * b.length) / 2;
  return (u - mean) / Math.sqrt((a.length * b.length * (a.length + b.length + 1)) / 12);
}

/**
 * Wilcoxon's signed rank as a z score, of samples that were taken in pairs: positive when the first side is slower. What the rest of the machine does comes and
 * goes in seconds and falls on both of a pair, so it widens the spread of one side far more than that of the differences.
 */
export function zOfPairs(a: readonly number[], b: readonly number[]): number {
  const differences = a.map((ms, index) => ms - (b[index] ?? ms)).filter((difference) => difference !== 0);
  const ranked = differences.toSorted((x, y) => Math.abs(x) - Math.abs(y));
  const n = ranked.length;
  const w = ranked.reduce((sum, difference, index) => sum + (difference > 0 ? index + 1 : 0), 0);
  return (w - (n * (n + 1)) / 4) / Math.sqrt((n * (n + 1) * (2 * n + 1)) / 24);
}

export const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
