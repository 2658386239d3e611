import { Box, Stack, ToggleButton, ToggleButtonGroup, Typography } from '@mui/material';
import { ListBase, useListContext, usePermissions, useStore } from 'react-admin';
import { Unreadable } from '../frame/dead-ends.tsx';
import { Gate } from '../frame/gate.tsx';
import { Page } from '../frame/page.tsx';
import { PREFERENCES } from '../frame/preferences.ts';
import { Waiting } from '../frame/waiting.tsx';
import { usePoll } from '../live/use-poll.ts';
import { filterOf } from '../provider/query.ts';
import type { Approval, Role } from '../records.ts';
import { useSay } from '../say.ts';
import { ApprovalTable } from './approval-table.tsx';
import { useListKeys } from './use-list-keys.ts';

/** The approvals that this person may see: what waits for them first, then what waits for others; decided ones behind a switch. */
export function InboxPage() {
  const refetchInterval = usePoll();
  return (
    <Gate page="inbox">
      <ListBase<Approval>
        resource="approvals"
        storeKey={false}
        perPage={100}
        filterDefaultValues={{ state: 'waiting' }}
        queryOptions={{ refetchInterval }}
        disableAuthentication
      >
        <Inbox />
      </ListBase>
    </Gate>
  );
}

function Inbox() {
  const say = useSay();
  const { data = [], error, isPending, refetch, filterValues } = useListContext<Approval>();
  const [shortcuts] = useStore(PREFERENCES.shortcuts, true);
  const { permissions } = usePermissions<Role[]>();
  const decides = (permissions ?? []).includes('approver');
  const list = useListKeys(shortcuts);
  const decided = filterOf(filterValues, 'state') !== 'waiting';
  if (error) return <Unreadable error={error} page="inbox" onRetry={() => void refetch()} />;

  const byDeadline = [...data].sort((a, b) => (a.expiresAt ?? '9').localeCompare(b.expiresAt ?? '9'));
  const waiting = byDeadline.filter((approval) => approval.state === 'waiting');
  const mine = waiting.filter((approval) => approval.mayDecide);
  const others = waiting.filter((approval) => !approval.mayDecide);
  const past = data.filter((approval) => approval.state !== 'waiting');
  return (
    <Page title={say('page.inbox')} lead={say('inbox.lead')} actions={<ShowSwitch />}>
      {isPending ? (
        <Waiting />
      ) : (
        <Stack spacing={3} ref={list}>
          {decided ? (
            <ApprovalTable title={say('inbox.decided')} approvals={past} empty={say('inbox.emptyDecided')} />
          ) : (
            <>
              {decides && (
                <ApprovalTable
                  title={say('inbox.mine')}
                  approvals={mine}
                  empty={say('inbox.emptyMine')}
                  teach={say('inbox.emptyMineTeach')}
                  urgent
                />
              )}
              <ApprovalTable title={say('inbox.others')} approvals={others} empty={say('inbox.emptyOthers')} />
            </>
          )}
          {shortcuts && data.length > 0 && (
            <Typography variant="body2" color="textSecondary">
              {say('inbox.keys')}
            </Typography>
          )}
        </Stack>
      )}
    </Page>
  );
}

function ShowSwitch() {
  const say = useSay();
  const { filterValues, setFilters } = useListContext();
  const state = filterOf(filterValues, 'state') || 'decided';
  return (
    <Box>
      <ToggleButtonGroup
        exclusive
        size="small"
        value={state}
        aria-label={say('inbox.show')}
        onChange={(_, chosen: string | null) => chosen && setFilters(chosen === 'waiting' ? { state: 'waiting' } : {}, undefined, false)}
      >
        <ToggleButton value="waiting">{say('inbox.showWaiting')}</ToggleButton>
        <ToggleButton value="decided">{say('inbox.showDecided')}</ToggleButton>
      </ToggleButtonGroup>
    </Box>
  );
}
