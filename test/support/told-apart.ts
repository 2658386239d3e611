/** Mann–Whitney U as a z score: how surely the one side is slower (positive) or faster than the other. |z| above 4 happens by chance once in 16,000 runs. */
export function z(a: readonly number[], b: readonly number[]): number {
  const all = [...a.map((ms) => ({ ms, side: 0 })), ...b.map((ms) => ({ ms, side: 1 }))].toSorted((x, y) => x.ms - y.ms);
  const ranks = all.reduce((sum, { side }, index) => sum + (side === 0 ? index + 1 : 0), 0);
  const u = ranks - (a.length * (a.length + 1)) / 2;
  const mean = (a.length * b.length) / 2;
  return (u - mean) / Math.sqrt((a.length * b.length * (a.length + b.length + 1)) / 12);
}

export const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
