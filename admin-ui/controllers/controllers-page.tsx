import { Typography } from '@mui/material';
import { Gate } from '../frame/gate.tsx';
import { Page } from '../frame/page.tsx';
import { Section } from '../frame/section.tsx';
import { Waiting } from '../frame/waiting.tsx';
import { useSay } from '../say.ts';
import { ControllerTable } from './controller-table.tsx';
import { useControllers } from './use-controllers.ts';

/** Which domain controllers each process knows, how they answer, and who is asked next. */
export function ControllersPage() {
  return (
    <Gate page="controllers">
      <TheControllers />
    </Gate>
  );
}

function TheControllers() {
  const say = useSay();
  const seen = useControllers();
  const processes = [...new Set((seen ?? []).map(({ process }) => process))];
  return (
    <Page title={say('page.controllers')} lead={say('controllers.lead')}>
      {!seen && <Waiting />}
      {seen?.length === 0 && <Typography color="textSecondary">{say('controllers.none')}</Typography>}
      {processes.map((process) => (
        <Section key={process} title={say('controllers.asSeenBy', { process })}>
          <ControllerTable process={process} controllers={(seen ?? []).filter((one) => one.process === process)} />
        </Section>
      ))}
    </Page>
  );
}
