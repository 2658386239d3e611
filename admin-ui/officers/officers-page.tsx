import { Stack, Typography } from '@mui/material';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { Unreadable } from '../frame/dead-ends.tsx';
import { Gate } from '../frame/gate.tsx';
import { Page } from '../frame/page.tsx';
import { Section } from '../frame/section.tsx';
import { Waiting } from '../frame/waiting.tsx';
import { usePresence } from '../live/presence.ts';
import { useConsoleData } from '../provider/use-console-data.ts';
import type { JointAct } from '../records.ts';
import { useSay } from '../say.ts';
import { ActFacts } from './act-facts.tsx';
import { ConfirmForm } from './confirm-form.tsx';
import { ForAnotherForm } from './for-another-form.tsx';
import { ProposeForm } from './propose-form.tsx';

/** Two people act within minutes of each other: the one who waits should see it come. */
const EVERY_MS = 5_000;

/** What two security officers do together, and what is stopped now. */
export function OfficersPage() {
  return (
    <Gate page="officers">
      <JointActs />
    </Gate>
  );
}

function JointActs() {
  const say = useSay();
  const data = useConsoleData();
  const present = usePresence();
  const {
    data: acts,
    error,
    refetch,
  } = useQuery({
    queryKey: ['joint-acts'],
    queryFn: ({ signal }) => data.jointActs(signal),
    refetchInterval: present && EVERY_MS,
    retry: false,
  });
  const queries = useQueryClient();
  const halted = acts?.halted;
  // The banner on every page is told by the summary, which is asked for less often.
  useEffect(() => {
    if (halted !== undefined) void queries.invalidateQueries({ queryKey: ['summary'] });
  }, [halted, queries]);
  if (error && !acts) return <Unreadable error={error} page="officers" onRetry={() => void refetch()} />;
  if (!acts)
    return (
      <Page title={say('page.officers')}>
        <Waiting />
      </Page>
    );
  const items = acts.items.filter(({ deed }) => !('campaign' in deed));
  const open = items.filter(({ state }) => state === 'proposed');
  return (
    <Page title={say('page.officers')} lead={say('officers.lead')}>
      <Section title={say('officers.now')}>
        <Typography sx={{ fontWeight: 650 }}>{say(`officers.standing.${acts.halted}`)}</Typography>
        {acts.halted !== 'nothing' && <Typography color="textSecondary">{say('officers.kept')}</Typography>}
      </Section>
      <Section title={say('officers.open')}>
        {open.length === 0 && <Typography color="textSecondary">{say('officers.openNone')}</Typography>}
        <Stack spacing={4}>
          {open.map((act) => (
            <ConfirmForm key={act.id} act={act} halted={acts.halted} />
          ))}
        </Stack>
      </Section>
      <ProposeForm halted={acts.halted} />
      <ForAnotherForm />
      <Past acts={items.filter(({ state }) => state !== 'proposed')} />
    </Page>
  );
}

function Past({ acts }: { acts: JointAct[] }) {
  const say = useSay();
  return (
    <Section title={say('officers.past')}>
      {acts.length === 0 && <Typography color="textSecondary">{say('officers.pastNone')}</Typography>}
      <Stack spacing={3}>
        {acts.map((act) => (
          <ActFacts key={act.id} act={act} />
        ))}
      </Stack>
    </Section>
  );
}
