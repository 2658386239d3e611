import type { Report } from './report.ts';

export const REPORT_COLUMNS = [
  'framework',
  'clause',
  'requirement',
  'how it is met',
  'status',
  'the bank does',
  'conflict',
  'proven by tests',
  'kind of leaf',
  'count',
  'first index',
  'last index',
  'from',
  'to',
  'log',
  'checkpoint size',
  'checkpoint root',
] as const;

/** A line for each kind of leaf of each row. Every line names time and checkpoint, so that it can be tied to the log when it is cut out. */
export function reportTable({ framework, period, checkpoint, rows }: Report): (string | number | null)[][] {
  const tie = [period.from, period.to, checkpoint?.origin ?? null, checkpoint?.size ?? null, checkpoint?.root ?? null];
  return rows.flatMap((row) => {
    const tests = row.tests.map(({ file, title }) => `${file}: ${title}`).join('\n');
    const said = [
      `${framework.title} ${framework.edition}`,
      row.clause,
      row.requirement,
      row.how,
      row.status,
      row.bank,
      row.conflict,
      tests,
    ];
    if (row.leaves.length === 0) return [[...said, row.testOnly, null, null, null, ...tie]];
    return row.leaves.map(({ type, count, first, last }) => [...said, type, count, first, last, ...tie]);
  });
}
