import { Alert, Box, Typography } from '@mui/material';
import { REFUSALS } from '#domain/refusals.ts';
import { Section } from '../frame/section.tsx';
import type { Simulation } from '../records.ts';
import { useSay } from '../say.ts';
import { Due } from './due.tsx';

type Found = Extract<Simulation, { found: true }>;
type Person = Found['stages'][number]['people'][number];

/** Who could approve each stage now, who could not and why, and when it would fall due. */
export function SimulatedStages({ found: { stages, feasible } }: { found: Found }) {
  const say = useSay();
  if (stages.length === 0) return <Section title={say('policies.simulated.nobody')}>{say('policies.simulated.nobodyTeach')}</Section>;
  return (
    <Section title={say('policies.simulated.stages')}>
      <Alert severity={feasible ? 'success' : 'error'} sx={{ mb: 2 }}>
        {say(feasible ? 'policies.simulated.feasible' : 'policies.simulated.infeasible')}
      </Alert>
      {stages.map(({ label, needs, beside, calendar, people, timers }, index) => (
        <Box key={label} sx={{ mb: 2 }}>
          <Typography variant="h3">{say('policies.simulated.stage', { number: index + 1, label, needs })}</Typography>
          <Typography color="textSecondary">
            {beside ? `${say('policies.simulated.beside')} ` : ''}
            {calendar === null ? say('policies.calendar.clock') : say('policies.simulated.by', { calendar })}
          </Typography>
          <Box component="ul" sx={{ mt: 0.5, pl: 2.5 }}>
            {people.length === 0 && <li>{say('policies.simulated.noPeople')}</li>}
            {people.map((person) => (
              <li key={person.name}>
                {person.name}
                {notes(say, person)}
              </li>
            ))}
          </Box>
          <Due timers={timers} />
        </Box>
      ))}
      <Typography color="textSecondary" variant="body2">
        {say('policies.simulated.ifOpened')}
      </Typography>
    </Section>
  );
}

function notes(say: ReturnType<typeof useSay>, { later, needsKey, why }: Person): string {
  const said = [
    ...(why === null ? [] : [say('policies.simulated.couldNot', { why: REFUSALS[why].words })]),
    ...(later ? [say('policies.simulated.later')] : []),
    ...(needsKey ? [say('policies.simulated.needsKey')] : []),
  ];
  return said.length > 0 ? ` – ${said.join('; ')}` : '';
}
