import { Alert, Box } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Unreadable } from '../frame/dead-ends.tsx';
import { Gate } from '../frame/gate.tsx';
import { Page } from '../frame/page.tsx';
import { Section } from '../frame/section.tsx';
import { Waiting } from '../frame/waiting.tsx';
import { useConsoleData } from '../provider/use-console-data.ts';
import { useSay } from '../say.ts';
import { DelegateForm } from './delegate-form.tsx';
import { DelegationList } from './delegation-list.tsx';

/** Who decides in whose place: what the person handed over, what was handed over to them, and a form for more. */
export function DelegationsPage() {
  return (
    <Gate page="delegations">
      <Delegations />
    </Gate>
  );
}

function Delegations() {
  const say = useSay();
  const data = useConsoleData();
  const [happened, setHappened] = useState<'made' | 'ended'>();
  const asked = useQuery({ queryKey: ['delegations'], queryFn: ({ signal }) => data.delegations(signal), retry: false });
  if (asked.error && !asked.data) return <Unreadable error={asked.error} page="delegations" onRetry={() => void asked.refetch()} />;
  return (
    <Page title={say('page.delegations')} lead={say('delegations.lead')}>
      <Box sx={{ maxWidth: 760, display: 'grid', gap: 3 }}>
        <Box component="output">{happened && <Alert severity="success">{say(`delegations.${happened}`)}</Alert>}</Box>
        {asked.data ? (
          <>
            <DelegationList which="toMe" delegations={asked.data.toMe} onEnded={() => setHappened('ended')} />
            <DelegationList which="mine" delegations={asked.data.mine} onEnded={() => setHappened('ended')} />
          </>
        ) : (
          <Waiting />
        )}
        <Section title={say('delegations.make')}>
          <DelegateForm onMade={() => setHappened('made')} />
        </Section>
      </Box>
    </Page>
  );
}
