import { z } from 'zod';
import { FRAMEWORKS } from '#audit/control-map.ts';
import type { Control, Framework } from '#audit/controls/control.ts';
import type { LeafType } from '#domain/leaf-types.ts';
import { checkpoint, type Checkpoint } from './last-checkpoint.ts';
import type { LeafCounts } from './report-counts.ts';
import type { Period } from './report-period.ts';
import { moment } from './shapes.ts';

type Id = Framework['id'];
const ids = FRAMEWORKS.map(({ id }) => id) as [Id, ...Id[]]; // the map has four
export const frameworkId = z.enum(ids);

export const frameworkItem = z.object({ id: frameworkId, title: z.string(), edition: z.string(), rows: z.int() });

/** Indexes are decimal text, and null where nothing of the kind happened in the time. */
const countedLeaves = z.object({ type: z.string(), count: z.int(), first: z.string().nullable(), last: z.string().nullable() });

const reportRow = z.object({
  clause: z.string(),
  requirement: z.string(),
  how: z.string(),
  status: z.enum(['met', 'in part', 'bank']),
  /** What the bank has to do itself. */
  bank: z.string().nullable(),
  /** Where another framework asks for the opposite. */
  conflict: z.string().nullable(),
  leaves: z.array(countedLeaves),
  /** Why there is no leaf to count. */
  testOnly: z.string().nullable(),
  tests: z.array(z.object({ file: z.string(), title: z.string() })),
});

/** One framework over a time: the control map with what the witnessed log holds of it. */
export const report = z.object({
  framework: z.object({ id: frameworkId, title: z.string(), edition: z.string(), note: z.string() }),
  period: z.object({ from: moment, to: moment }),
  readBy: z.string(),
  readAt: moment,
  /** The checkpoint under which the counted leaves lie; null as long as there is none, and then nothing is counted. */
  checkpoint: checkpoint.nullable(),
  quorum: z.object({ needed: z.int(), of: z.int() }).nullable(),
  /** Every index of the time, and how many leaves of it the checkpoint does not cover yet. */
  leaves: z.object({ first: z.string().nullable(), last: z.string().nullable(), count: z.int(), uncounted: z.int() }),
  rows: z.array(reportRow),
});
export type Report = z.infer<typeof report>;
export type ReportRow = Report['rows'][number];

/** The framework of an id that `frameworkId` has let through. */
export function frameworkOf(id: Id): Framework {
  const found = FRAMEWORKS.find((framework) => framework.id === id);
  if (!found) throw new Error(`there is no framework ${id}`);
  return found;
}

export interface ReportParts {
  framework: Framework;
  period: Period;
  checkpoint: Checkpoint | undefined;
  quorum: Report['quorum'];
  counts: LeafCounts;
  readBy: string;
}

export function reportOf({ framework, period, checkpoint: last, quorum, counts, readBy }: ReportParts): Report {
  const { id, title, edition, note, controls } = framework;
  const { range, uncounted } = counts;
  return {
    framework: { id, title, edition, note },
    period: { from: period.from.toISOString(), to: period.to.toISOString() },
    readBy,
    readAt: new Date().toISOString(),
    checkpoint: last ?? null,
    quorum,
    leaves: {
      first: range ? String(range.first) : null,
      last: range ? String(range.last) : null,
      count: range ? Number(range.last - range.first + 1n) : 0,
      uncounted: Number(uncounted),
    },
    rows: controls.map((control) => rowOf(control, counts)),
  };
}

function rowOf(control: Control, { byType }: LeafCounts): ReportRow {
  const { clause, requirement, how, status, bank, conflict, leaves, tests } = control;
  return {
    clause,
    requirement,
    how,
    status,
    bank: bank ?? null,
    conflict: conflict ?? null,
    leaves: leaves.map((type: LeafType) => {
      const counted = byType.get(type);
      return counted
        ? { type, count: Number(counted.count), first: String(counted.first), last: String(counted.last) }
        : { type, count: 0, first: null, last: null };
    }),
    testOnly: 'testOnly' in control ? control.testOnly : null,
    tests: tests.map(({ file, title }) => ({ file, title })),
  };
}
