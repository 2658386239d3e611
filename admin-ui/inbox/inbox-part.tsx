import { Stack } from '@mui/material';
import { ListBase, useListContext } from 'react-admin';
import { Unreadable } from '../frame/dead-ends.tsx';
import { Pager } from '../frame/pager.tsx';
import { Section } from '../frame/section.tsx';
import { Waiting } from '../frame/waiting.tsx';
import { usePoll } from '../live/use-poll.ts';
import { useSummary } from '../provider/use-summary.ts';
import type { Approval } from '../records.ts';
import { useSay } from '../say.ts';
import { ApprovalTable } from './approval-table.tsx';

type InboxPartProps = {
  part: 'mine' | 'others' | 'over';
  find: string;
  title: string;
  empty: string;
  teach?: string;
  chosen?: readonly string[];
  onChosen?: (chosen: readonly string[]) => void;
};

/** One part of the inbox, a page at a time. */
export function InboxPart({ part, find, ...shown }: InboxPartProps) {
  const refetchInterval = usePoll();
  return (
    <ListBase<Approval>
      resource="approvals"
      storeKey={false}
      disableSyncWithLocation
      perPage={25}
      filter={{ part, find }}
      queryOptions={{ refetchInterval }}
      disableAuthentication
    >
      <OnePart part={part} find={find} {...shown} />
    </ListBase>
  );
}

function OnePart({ part, find, title, empty, teach, chosen, onChosen }: InboxPartProps) {
  const say = useSay();
  const summary = useSummary();
  const { data, error, isPending, refetch } = useListContext<Approval>();
  if (error) return <Unreadable error={error} page="inbox" onRetry={() => void refetch()} />;
  if (isPending || !data)
    return (
      <Section title={title}>
        <Waiting />
      </Section>
    );
  // All of them, not only those on this page; a search has no count.
  const count = part === 'mine' && find === '' ? summary?.approvalsWaitingForMe : undefined;
  return (
    <Stack spacing={1}>
      <ApprovalTable
        title={title}
        approvals={data}
        empty={find === '' ? empty : say('inbox.emptyFound')}
        {...(find === '' && teach ? { teach } : {})}
        {...(count && data.length > 0 ? { count } : {})}
        {...(chosen && onChosen ? { chosen, onChosen } : {})}
      />
      <Pager paged={title} previous={say('inbox.earlier')} next={say('inbox.later')} />
    </Stack>
  );
}
