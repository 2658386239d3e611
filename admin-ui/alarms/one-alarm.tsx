import { Alert, Box, Button, Link, Typography } from '@mui/material';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link as RouterLink } from 'react-router-dom';
import { problemOf } from '../provider/request.ts';
import { useConsoleData } from '../provider/use-console-data.ts';
import type { Alarm } from '../records.ts';
import { useSay } from '../say.ts';
import { Moment } from '../time/moment.tsx';

/** One alarm: what happened, what to do about it, who has looked, and the button that says so. */
export function OneAlarm({ alarm }: { alarm: Alarm }) {
  const say = useSay();
  const data = useConsoleData();
  const queries = useQueryClient();
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => data.acknowledge(alarm.id),
    onSettled: () => {
      for (const resource of ['alarms', 'summary', 'audit']) void queries.invalidateQueries({ queryKey: [resource] });
    },
  });
  const reason = alarm.whyNot === 'acknowledged' ? say('alarms.already') : alarm.whyNot && say('alarms.notCalled');
  return (
    <Box component="article" aria-label={alarm.title}>
      <Typography component="h3" variant="h3">
        {alarm.title}
      </Typography>
      <Typography color="textSecondary">
        {say('alarms.raised')}
        <Moment at={alarm.at} />
      </Typography>
      {alarm.account !== null && (
        <Typography sx={{ overflowWrap: 'anywhere' }}>{say('alarms.about', { account: alarm.account })}</Typography>
      )}
      {alarm.about !== null && <Typography sx={{ overflowWrap: 'anywhere', maxWidth: '46rem' }}>{alarm.about}</Typography>}
      <Typography sx={{ maxWidth: '46rem', my: 1 }}>{alarm.words}</Typography>
      {alarm.acknowledged.map(({ name, at }) => (
        <Typography key={`${name} ${at}`} color="textSecondary">
          {say('alarms.by', { name })}
          <Moment at={at} />
        </Typography>
      ))}
      {alarm.reset !== null && (
        <Link component={RouterLink} to={`/resets/${alarm.reset}/show`} sx={{ display: 'inline-block', my: 1 }}>
          {say('alarms.reset')}
        </Link>
      )}
      {reason ? (
        <Typography color="textSecondary">{reason}</Typography>
      ) : (
        <Box>
          <Button variant="contained" loading={isPending} onClick={() => mutate()}>
            {say('alarms.acknowledge')}
          </Button>
        </Box>
      )}
      {error && <Alert severity="error">{problemOf(error).detail ?? say('alarms.failed')}</Alert>}
    </Box>
  );
}
