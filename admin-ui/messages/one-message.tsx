import { Alert, Box, Button, Chip, Typography } from '@mui/material';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { problemOf } from '../provider/request.ts';
import { useConsoleData } from '../provider/use-console-data.ts';
import type { Message } from '../records.ts';
import { useSay } from '../say.ts';
import { Moment } from '../time/moment.tsx';

/** One message: what happened, what to do about it, and the button that says it was read. */
export function OneMessage({ message }: { message: Message }) {
  const say = useSay();
  const data = useConsoleData();
  const queries = useQueryClient();
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => data.markAsRead(message.id),
    onSettled: () => {
      for (const resource of ['messages', 'summary']) void queries.invalidateQueries({ queryKey: [resource] });
    },
  });
  return (
    <Box component="article" aria-label={message.title}>
      <Typography component="h2" variant="h3">
        {message.title} {message.readAt === null && <Chip size="small" color="warning" label={say('messages.new')} />}
      </Typography>
      <Typography color="textSecondary">
        {say('messages.sent')}
        <Moment at={message.at} />
      </Typography>
      <Typography sx={{ maxWidth: '46rem', my: 1, overflowWrap: 'anywhere' }}>{message.words}</Typography>
      {message.readAt === null ? (
        <Button variant="outlined" loading={isPending} onClick={() => mutate()}>
          {say('messages.mark')}
        </Button>
      ) : (
        <Typography color="textSecondary">
          {say('messages.read')}
          <Moment at={message.readAt} />
        </Typography>
      )}
      {error && <Alert severity="error">{problemOf(error).detail ?? say('messages.failed')}</Alert>}
    </Box>
  );
}
