import { Paper } from '@mui/material';
import { ListBase, useListContext } from 'react-admin';
import { Unreadable } from '../frame/dead-ends.tsx';
import { Empty } from '../frame/empty.tsx';
import { Gate } from '../frame/gate.tsx';
import { Page } from '../frame/page.tsx';
import { Pager } from '../frame/pager.tsx';
import { Waiting } from '../frame/waiting.tsx';
import { usePoll } from '../live/use-poll.ts';
import type { AuditEvent } from '../records.ts';
import { useSay } from '../say.ts';
import { AuditFilters } from './audit-filters.tsx';
import { AuditTable } from './audit-table.tsx';
import { CsvLink } from './csv-link.tsx';

/** The stream of leaves, newest first, with filters in the address. */
export function AuditPage() {
  const refetchInterval = usePoll();
  return (
    <Gate page="audit">
      <ListBase<AuditEvent>
        resource="audit"
        storeKey={false}
        perPage={50}
        queryOptions={{ refetchInterval }}
        disableAuthentication
        exporter={false}
      >
        <Events />
      </ListBase>
    </Gate>
  );
}

function Events() {
  const say = useSay();
  const { data, error, isPending, refetch, filterValues } = useListContext<AuditEvent>();
  if (error) return <Unreadable error={error} page="audit" onRetry={() => void refetch()} />;
  const filtered = Object.keys(filterValues as object).length > 0;
  return (
    <Page title={say('page.audit')} lead={say('audit.lead')} actions={<CsvLink />}>
      <AuditFilters />
      {isPending ? (
        <Waiting />
      ) : data?.length ? (
        <Paper sx={{ overflowX: 'auto' }}>
          <AuditTable events={data} />
        </Paper>
      ) : (
        <Empty title={say(filtered ? 'audit.emptyFiltered' : 'audit.empty')}>{filtered ? undefined : say('audit.emptyTeach')}</Empty>
      )}
      <Pager />
    </Page>
  );
}
