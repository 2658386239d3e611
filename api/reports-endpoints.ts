import { z } from 'zod';
import { FRAMEWORKS } from '#audit/control-map.ts';
import type { Database } from '#db';
import { READERS } from './audit-endpoints.ts';
import { csvAnswer } from './csv-answer.ts';
import { endpoint, signedIn, type Ask } from './endpoint.ts';
import { lastCheckpoint } from './last-checkpoint.ts';
import { quorumOf } from './log-endpoints.ts';
import { createReadings } from './readings.ts';
import { countLeaves } from './report-counts.ts';
import { frameworkId, frameworkItem, frameworkOf, report, reportOf, type Report } from './report.ts';
import { periodOf, reportPeriod } from './report-period.ts';
import { REPORT_COLUMNS, reportTable } from './report-table.ts';

const byFramework = z.object({ framework: frameworkId });
type Asked = Pick<Ask<z.infer<typeof byFramework>, z.infer<typeof reportPeriod>, unknown>, 'params' | 'query' | 'session'>;

/** The control map with what the witnessed log holds of it. A reading aid: the log is the evidence. */
export function reportsEndpoints({ db, trustPolicyFile }: { db: Database; trustPolicyFile: string }) {
  const record = createReadings(db);

  const facts = ({ params, query }: Asked) => {
    const { from, to } = periodOf(query);
    return { framework: params.framework, from: from.toISOString(), to: to.toISOString() };
  };
  /** The checkpoint first: what comes into the log afterwards is not counted, so that every count lies under it. */
  const made = async (ask: Asked): Promise<Report> => {
    const period = periodOf(ask.query);
    const checkpoint = await lastCheckpoint(db, trustPolicyFile);
    return reportOf({
      framework: frameworkOf(ask.params.framework),
      period,
      checkpoint,
      quorum: quorumOf(trustPolicyFile),
      counts: await countLeaves(db, period, BigInt(checkpoint?.size ?? 0)),
      readBy: signedIn(ask).name,
    });
  };

  return {
    list: endpoint(
      {
        summary: 'The frameworks of the control map',
        access: READERS,
        replies: { 200: { description: 'All of them', schema: z.object({ items: z.array(frameworkItem) }) } },
        refusals: [],
      },
      async () => ({
        status: 200,
        body: { items: FRAMEWORKS.map(({ id, title, edition, controls }) => ({ id, title, edition, rows: controls.length })) },
      }),
    ),

    show: endpoint(
      {
        summary: 'One framework over a time: how each clause is met, and what the witnessed log holds of it',
        access: READERS,
        params: byFramework,
        query: reportPeriod,
        replies: { 200: { description: 'The report', schema: report } },
        refusals: ['too-large'],
      },
      async (ask) => {
        await record(signedIn(ask), { kind: 'report', facts: facts(ask) });
        return { status: 200, body: await made(ask) };
      },
    ),

    csv: endpoint(
      {
        summary: 'The same as a table that is safe to open in a spreadsheet',
        access: READERS,
        params: byFramework,
        query: reportPeriod,
        replies: { 200: { description: 'CSV (RFC 4180)', mediaType: 'text/csv' } },
        refusals: ['too-large'],
      },
      async (ask) => {
        await record(signedIn(ask), { kind: 'report', facts: { ...facts(ask), exported: true }, each: true });
        return csvAnswer(`countersign-${ask.params.framework}`, REPORT_COLUMNS, reportTable(await made(ask)));
      },
    ),
  };
}
