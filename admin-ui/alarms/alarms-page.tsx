import { Stack, Typography } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { Unreadable } from '../frame/dead-ends.tsx';
import { Gate } from '../frame/gate.tsx';
import { Page } from '../frame/page.tsx';
import { Section } from '../frame/section.tsx';
import { Waiting } from '../frame/waiting.tsx';
import { usePoll } from '../live/use-poll.ts';
import { useConsoleData } from '../provider/use-console-data.ts';
import type { Alarm } from '../records.ts';
import { useSay } from '../say.ts';
import { OneAlarm } from './one-alarm.tsx';

/** The one place for alarms: open ones first, each with what happened, what to do, and who has looked. */
export function AlarmsPage() {
  return (
    <Gate page="alarms">
      <Alarms />
    </Gate>
  );
}

function Alarms() {
  const say = useSay();
  const data = useConsoleData();
  const {
    data: alarms,
    error,
    refetch,
  } = useQuery({ queryKey: ['alarms'], queryFn: ({ signal }) => data.alarms(signal), refetchInterval: usePoll(), retry: false });
  if (error && !alarms) return <Unreadable error={error} page="alarms" onRetry={() => void refetch()} />;
  const isOpen = ({ acknowledged }: Alarm) => acknowledged.length === 0;
  return (
    <Page title={say('page.alarms')} lead={say('alarms.lead')}>
      {alarms ? (
        <>
          <Some title={say('alarms.now')} none={say('alarms.nowNone')} alarms={alarms.filter(isOpen)} />
          <Some title={say('alarms.past')} none={say('alarms.pastNone')} alarms={alarms.filter((one) => !isOpen(one))} />
        </>
      ) : (
        <Waiting />
      )}
    </Page>
  );
}

function Some({ title, none, alarms }: { title: string; none: string; alarms: Alarm[] }) {
  return (
    <Section title={title}>
      {alarms.length === 0 && <Typography color="textSecondary">{none}</Typography>}
      <Stack spacing={4}>
        {alarms.map((alarm) => (
          <OneAlarm key={alarm.id} alarm={alarm} />
        ))}
      </Stack>
    </Section>
  );
}
