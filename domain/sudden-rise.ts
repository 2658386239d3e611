/**
 * Whether the site sees far more wrong proofs, codes and passwords than it is used to: at least `least` within ten minutes, and more than twice
 * the busiest ten minutes of a usual day. `dailyPeaks` holds that figure for each of the last seven days, days without a failure included as 0. The
 * usual day is their median, so that neither a Monday morning nor one day of guessing decides what is usual.
 */
export function isSuddenRise(failures: number, dailyPeaks: readonly number[], least: number): boolean {
  return failures >= least && failures > 2 * usual(dailyPeaks);
}

function usual(peaks: readonly number[]): number {
  return peaks.toSorted((a, b) => a - b)[Math.floor(peaks.length / 2)] ?? 0;
}
