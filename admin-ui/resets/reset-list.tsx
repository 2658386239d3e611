import { Box, Link as Anchor, Paper, Typography } from '@mui/material';
import { DataTable, ListBase, useListContext } from 'react-admin';
import { Link } from 'react-router-dom';
import { Unreadable } from '../frame/dead-ends.tsx';
import { Empty } from '../frame/empty.tsx';
import { Gate } from '../frame/gate.tsx';
import { Page } from '../frame/page.tsx';
import { Pager } from '../frame/pager.tsx';
import { Waiting } from '../frame/waiting.tsx';
import { usePoll } from '../live/use-poll.ts';
import type { ResetSummary } from '../records.ts';
import { useSay } from '../say.ts';
import { monospace } from '../theme.ts';
import { Moment } from '../time/moment.tsx';
import { ResetFilters } from './reset-filters.tsx';
import { StateChip } from './state-chip.tsx';
import { waitsInWords } from './waits-in-words.ts';

/** All resets, newest first. What is filtered stands in the address, so a list can be sent to a colleague. */
export function ResetList() {
  const refetchInterval = usePoll();
  return (
    <Gate page="resets">
      <ListBase<ResetSummary> resource="resets" storeKey={false} perPage={25} queryOptions={{ refetchInterval }} disableAuthentication>
        <Resets />
      </ListBase>
    </Gate>
  );
}

function Resets() {
  const say = useSay();
  const { data, error, isPending, refetch, filterValues } = useListContext<ResetSummary>();
  if (error) return <Unreadable error={error} page="resets" onRetry={() => void refetch()} />;
  const filtered = Object.keys(filterValues as object).length > 0;
  return (
    <Page title={say('page.resets')} lead={say('resets.lead')}>
      <ResetFilters />
      {isPending ? (
        <Waiting />
      ) : data?.length ? (
        <Paper sx={{ overflowX: 'auto' }}>
          <ResetTable />
        </Paper>
      ) : (
        <Empty title={say(filtered ? 'resets.emptyFiltered' : 'resets.empty')}>{filtered ? undefined : say('resets.emptyTeach')}</Empty>
      )}
      <Pager />
    </Page>
  );
}

function ResetTable() {
  const say = useSay();
  return (
    <DataTable<ResetSummary> aria-label={say('resets.table')} rowClick={false} bulkActionButtons={false} hover={false} size="medium">
      <DataTable.Col<ResetSummary> source="account" label={say('word.account')} disableSort render={(reset) => <Account reset={reset} />} />
      <DataTable.Col<ResetSummary>
        source="state"
        label={say('word.state')}
        disableSort
        render={(reset) => (
          <>
            <StateChip state={reset.state} />
            {reset.waitingFor && (
              <Typography variant="body2" color="textSecondary" sx={{ mt: 0.5 }}>
                {waitsInWords(reset.waitingFor, say)}
              </Typography>
            )}
          </>
        )}
      />
      <DataTable.Col<ResetSummary>
        source="reference"
        label={say('word.reference')}
        disableSort
        render={(reset) => (
          <Box component="span" sx={{ fontFamily: monospace, fontSize: '0.8125rem', whiteSpace: 'nowrap' }}>
            {reset.reference}
          </Box>
        )}
      />
      <DataTable.Col<ResetSummary> source="source" label={say('word.from')} disableSort />
      <DataTable.Col<ResetSummary>
        source="startedAt"
        label={say('word.started')}
        disableSort
        render={(reset) => <Moment at={reset.startedAt} />}
      />
      <DataTable.Col<ResetSummary>
        source="updatedAt"
        label={say('word.changed')}
        disableSort
        render={(reset) => <Moment at={reset.updatedAt} />}
      />
    </DataTable>
  );
}

function Account({ reset }: { reset: ResetSummary }) {
  const say = useSay();
  return (
    <>
      <Anchor
        component={Link}
        to={`/resets/${encodeURIComponent(reset.id)}/show`}
        sx={{ fontWeight: 650, py: 0.5, display: 'inline-block' }}
      >
        {reset.accountName ?? say('word.nobody')}
      </Anchor>
      <Typography variant="body2" color="textSecondary">
        {[reset.privileged && say('word.protected'), reset.operation !== 'new-password' && say(`operation.${reset.operation}`)]
          .filter(Boolean)
          .join(' · ')}
      </Typography>
    </>
  );
}
