import { Alert } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearchParams } from 'react-router-dom';
import { Unreadable } from '../frame/dead-ends.tsx';
import { Empty } from '../frame/empty.tsx';
import { Gate } from '../frame/gate.tsx';
import { Page } from '../frame/page.tsx';
import { Waiting } from '../frame/waiting.tsx';
import { problemOf } from '../provider/request.ts';
import { useConsoleData } from '../provider/use-console-data.ts';
import { useSay } from '../say.ts';
import { lately, type Days } from './period.ts';
import { ReportActions } from './report-actions.tsx';
import { ReportForm } from './report-form.tsx';
import { ReportHead } from './report-head.tsx';
import { ReportRows } from './report-rows.tsx';

/** A framework over a time, to be read, printed and saved. The choice stands in the address. */
export function ReportsPage() {
  return (
    <Gate page="reports">
      <Reports />
    </Gate>
  );
}

function Reports() {
  const say = useSay();
  const data = useConsoleData();
  const [search, setSearch] = useSearchParams();
  const [usual] = useState(() => lately(Date.now()));
  const framework = search.get('framework') ?? '';
  const days: Days = { from: search.get('from') ?? usual.from, to: search.get('to') ?? usual.to };
  const frameworks = useQuery({ queryKey: ['frameworks'], queryFn: ({ signal }) => data.frameworks(signal), retry: false });
  // Read once, and not again by itself: the numbers do not change while somebody reads or prints them.
  const report = useQuery({
    enabled: framework !== '',
    queryKey: ['report', framework, days.from, days.to],
    queryFn: ({ signal }) => data.report(framework, days, signal),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  if (frameworks.error) return <Unreadable error={frameworks.error} page="reports" onRetry={() => void frameworks.refetch()} />;
  const { status, detail } = problemOf(report.error);
  return (
    <Page
      title={report.data?.framework.title ?? say('page.reports')}
      lead={report.data ? undefined : say('reports.lead')}
      actions={report.data && <ReportActions framework={framework} days={days} />}
    >
      {frameworks.data ? (
        <ReportForm frameworks={frameworks.data} framework={framework} days={days} onChosen={(chosen) => setSearch({ ...chosen })} />
      ) : (
        <Waiting />
      )}
      {report.error && (
        <Alert severity="error" role="alert">
          {status === 0 ? say('problem.noAnswer') : (detail ?? say('problem.generic'))}
        </Alert>
      )}
      {framework === '' && <Empty title={say('reports.empty')} />}
      {report.isFetching && <Waiting />}
      {report.data && <ReportHead report={report.data} />}
      {report.data && <ReportRows report={report.data} days={days} />}
    </Page>
  );
}
