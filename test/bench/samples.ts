import { performance } from 'node:perf_hooks';

/** The steps of a reset as the comparison names them; the same on the floor, at the directory and by HTTP. */
export const STEPS = ['begin', 'prove', 'factor', 'choose', 'tail'] as const;
export type Step = (typeof STEPS)[number];

/** Times in milliseconds by name, and how many units of work were done in how long at one concurrency. */
export interface Samples {
  times: Map<string, number[]>;
  units: number;
  seconds: number;
}

export const noSamples = (): Samples => ({ times: new Map(), units: 0, seconds: 0 });

/** Writes down how long each part of one unit of work took. `lap` ends a part where the last one ended. */
export interface Watch {
  lap: (name: string) => void;
  set: (name: string, ms: number) => void;
}

/**
 * Does `count` units of work, `together` at a time, and adds their times to `into`. Stops early at the deadline, so that a
 * slow machine makes fewer samples and not a longer run. Fails with the first unit that fails: a figure without it would lie.
 */
export async function measure(
  into: Samples,
  work: (watch: Watch) => Promise<void>,
  of: { count: number; together: number; seconds: number },
): Promise<void> {
  const began = performance.now();
  const stopAt = began + of.seconds * 1000;
  let left = of.count;
  let units = 0;
  const lane = async (): Promise<void> => {
    while (left > 0 && performance.now() < stopAt) {
      left -= 1;
      await work(watchInto(into));
      units += 1;
    }
  };
  await Promise.all(Array.from({ length: of.together }, lane));
  into.units += units;
  into.seconds += (performance.now() - began) / 1000;
}

function watchInto({ times }: Samples): Watch {
  let last = performance.now();
  const set = (name: string, ms: number): void => {
    const known = times.get(name);
    if (known) known.push(ms);
    else times.set(name, [ms]);
  };
  return {
    set,
    lap(name) {
      const now = performance.now();
      set(name, now - last);
      last = now;
    },
  };
}

/** The value below which this share of the samples lies (nearest rank); NaN without samples. */
export function quantile(samples: Samples, name: string, share: number): number {
  const sorted = (samples.times.get(name) ?? []).toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

export const perSecond = ({ units, seconds }: Samples): number => units / seconds;
