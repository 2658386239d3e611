import { writeFileSync } from 'node:fs';
import type { Asked } from '#test/support/statements.ts';
import type { Shape } from './histories.ts';
import { perSecond, quantile, STEPS, type Samples, type Step } from './samples.ts';

export type Measured = 'floor' | 'directory' | 'kdf' | 'ours';
export interface Cell {
  what: Measured;
  together: number;
  samples: Samples;
  /** CPU milliseconds per unit and process, one entry a round. */
  cpu: Record<string, number>[];
}
export type Histories = Record<'floor' | 'ours', { events: number; shape: Shape }>;

/** What a step cannot do without beside Temporal: named as directory-operations.ts measures it. */
const NEEDS: Record<Step, readonly { of: 'directory' | 'kdf'; part: string }[]> = {
  begin: [{ of: 'directory', part: 'find' }],
  prove: [{ of: 'kdf', part: 'kdf' }],
  factor: [],
  choose: [],
  tail: [
    { of: 'directory', part: 'set' },
    { of: 'directory', part: 'bind' },
  ],
};

type Row = (string | number)[];

/** Prints what was measured and, step by step, how many times the least possible a reset costs. */
export function printReport(cells: readonly Cell[], histories: Histories, say: (line: string) => void): void {
  const cell = (what: Measured, together: number): Samples => {
    const found = cells.find((c) => c.what === what && c.together === together);
    if (!found) throw new Error(`${what} was not measured ${together} at a time`);
    return found.samples;
  };
  for (const together of [...new Set(cells.map((c) => c.together))]) {
    const [floor, ours] = [cell('floor', together), cell('ours', together)];
    const least = (step: Step, share: number): number =>
      NEEDS[step].reduce((sum, { of, part }) => sum + quantile(cell(of, together), part, share), 0);
    const whole = (of: (step: Step) => number): number => STEPS.reduce((sum, step) => sum + of(step), 0);
    const line = (
      name: string,
      floorMs: (share: number) => number,
      needMs: (share: number) => number,
      oursMs: (share: number) => number,
    ): Row => [
      name,
      ...[floorMs(0.5), floorMs(0.95), needMs(0.5), needMs(0.95), oursMs(0.5), oursMs(0.95)].map(ms),
      (oursMs(0.5) / (floorMs(0.5) + needMs(0.5))).toFixed(2),
    ];
    say(`\n${together} at a time, milliseconds (p50, p95)`);
    printTable(
      say,
      ['step', 'floor', '', 'directory+KDF', '', 'Countersign', '', 'ratio'],
      [
        ...STEPS.map((step) =>
          line(
            step,
            (q) => quantile(floor, step, q),
            (q) => least(step, q),
            (q) => quantile(ours, step, q),
          ),
        ),
        // Sums of the steps' own quantiles, so that floor, needs and ours are added up in the same way.
        line(
          'whole',
          (q) => whole((step) => quantile(floor, step, q)),
          (q) => whole((step) => least(step, q)),
          (q) => whole((step) => quantile(ours, step, q)),
        ),
      ],
    );
    // Work that shares the same cores adds up in time, so rates add up as their inverses.
    const possible = 1 / (1 / perSecond(floor) + 1 / perSecond(cell('directory', together)) + 1 / perSecond(cell('kdf', together)));
    say(
      `resets/s: floor ${rate(floor)}, directory ${rate(cell('directory', together))}, KDF ${rate(cell('kdf', together))}, all three ${possible.toFixed(1)}; Countersign ${rate(ours)}, ratio ${(possible / perSecond(ours)).toFixed(2)}`,
    );
    say(
      `Countersign also: first page with its connection ${ms(quantile(ours, 'page', 0.5))}/${ms(quantile(ours, 'page', 0.95))}, the browser hears "done" ${ms(quantile(ours, 'told', 0.5))}/${ms(quantile(ours, 'told', 0.95))} after choosing`,
    );
  }

  say('\nhistory events');
  printTable(
    say,
    ['', 'events', ...Object.keys(histories.ours.shape)],
    (['floor', 'ours'] as const).map((name) => [
      name === 'ours' ? 'Countersign' : name,
      histories[name].events,
      ...Object.values(histories[name].shape),
    ]),
  );

  say('\nCPU milliseconds per unit (a reset, an empty reset, the directory operations, a key derivation)');
  const processes = Object.keys(cells[0]?.cpu[0] ?? {});
  printTable(
    say,
    ['', ...processes, 'all'],
    cells.map(({ what, together, cpu }) => {
      const each = processes.map((name) => mean(cpu.map((round) => round[name] ?? 0)));
      return [`${what} ${together}`, ...each.map((v) => v.toFixed(0)), sumOf({ cpu }).toFixed(0)];
    }),
  );
  // CPU time hardly depends on what else the machine does, so this ratio can be compared between runs.
  const cpuRatio = (together: number): number => {
    const of = (what: Measured): number => sumOf(cells.find((c) => c.what === what && c.together === together) ?? { cpu: [] });
    return of('ours') / (of('floor') + of('directory') + of('kdf'));
  };
  say(
    `CPU of Countersign against floor + directory + KDF: ${[...new Set(cells.map((c) => c.together))].map((n) => `${cpuRatio(n).toFixed(2)} at ${n}`).join(', ')}`,
  );
}

/** Prints what each process asks of the database for one reset. */
export function printAsked(asked: readonly Asked[], say: (line: string) => void): void {
  say('\nasked of the database for one reset');
  printTable(
    say,
    ['', 'statements', 'transactions'],
    asked.map(({ process, statements, transactions }) => [process, statements, transactions]),
  );
}

/** Names of what floor and reset have unlike numbers of; the ratio means nothing when there is one. */
export function differences({ floor, ours }: Histories): string[] {
  return (Object.keys(ours.shape) as (keyof Shape)[])
    .filter((name) => ours.shape[name] !== floor.shape[name])
    .map((name) => `${name}: ${floor.shape[name]} against ${ours.shape[name]}`);
}

/** One JSON line for each measurement, then one for the histories. */
export function writeLines(file: string, cells: readonly Cell[], histories: Histories): void {
  const lines = cells.map(({ what, together, samples, cpu }) => ({
    at: new Date().toISOString(),
    what,
    together,
    units: samples.units,
    perSecond: round(perSecond(samples)),
    ms: Object.fromEntries(
      [...samples.times.keys()].map((name) => [
        name,
        { n: samples.times.get(name)?.length, p50: round(quantile(samples, name, 0.5)), p95: round(quantile(samples, name, 0.95)) },
      ]),
    ),
    cpuMs: Object.fromEntries(Object.keys(cpu[0] ?? {}).map((name) => [name, round(mean(cpu.map((one) => one[name] ?? 0)))])),
  }));
  writeFileSync(file, [...lines, { what: 'histories', ...histories }].map((line) => `${JSON.stringify(line)}\n`).join(''));
}

function printTable(say: (line: string) => void, head: readonly string[], rows: readonly Row[]): void {
  const text = [head, ...rows.map((row) => row.map(String))];
  const widths = head.map((_, column) => Math.max(...text.map((row) => (row[column] ?? '').length)));
  for (const row of text)
    say(row.map((value, column) => (column === 0 ? value.padEnd(widths[column] ?? 0) : value.padStart(widths[column] ?? 0))).join('  '));
}

const sumOf = ({ cpu }: Pick<Cell, 'cpu'>): number => mean(cpu.map((round) => Object.values(round).reduce((a, b) => a + b, 0)));
const ms = (value: number): string => value.toFixed(value < 10 ? 1 : 0);
const rate = (samples: Samples): string => perSecond(samples).toFixed(1);
const round = (value: number): number => Math.round(value * 10) / 10;
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);
