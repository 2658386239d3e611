import { Button, Stack, Typography } from '@mui/material';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Unreadable } from '../frame/dead-ends.tsx';
import { Gate } from '../frame/gate.tsx';
import { Page } from '../frame/page.tsx';
import { Waiting } from '../frame/waiting.tsx';
import { usePoll } from '../live/use-poll.ts';
import { useConsoleData } from '../provider/use-console-data.ts';
import { useSay } from '../say.ts';
import { OneMessage } from './one-message.tsx';

/** What this person was told of resets: their own alone, a page at a time. */
export function MessagesPage() {
  return (
    <Gate page="messages">
      <Messages />
    </Gate>
  );
}

function Messages() {
  const say = useSay();
  const data = useConsoleData();
  const found = useInfiniteQuery({
    queryKey: ['messages'],
    queryFn: ({ pageParam, signal }) => data.messages(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: usePoll(),
    retry: false,
  });
  if (found.error && !found.data) return <Unreadable error={found.error} page="messages" onRetry={() => void found.refetch()} />;
  const messages = found.data?.pages.flatMap(({ items }) => items);
  return (
    <Page title={say('page.messages')} lead={say('messages.lead')}>
      {messages ? (
        <Stack spacing={4}>
          {messages.length === 0 && <Typography color="textSecondary">{say('messages.none')}</Typography>}
          {messages.map((message) => (
            <OneMessage key={message.id} message={message} />
          ))}
          {found.hasNextPage && (
            <Button sx={{ alignSelf: 'start' }} loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
              {say('messages.older')}
            </Button>
          )}
        </Stack>
      ) : (
        <Waiting />
      )}
    </Page>
  );
}
