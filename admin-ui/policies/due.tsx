import { Box } from '@mui/material';
import type { PolicyCalendars } from '../records.ts';
import { useSay } from '../say.ts';
import { Moment } from '../time/moment.tsx';

type Timers = PolicyCalendars['rules'][number]['stages'][number]['timers'];

/** What falls due at a stage, as dates. */
export function Due({ timers }: { timers: Timers }) {
  const say = useSay();
  return (
    <Box component="ul" sx={{ listStyle: 'none', p: 0, m: 0 }}>
      {timers.map(({ at, do: what }) => (
        <li key={`${at} ${what}`}>
          {say(`policies.calendar.${what}`)} <Moment at={at} />
        </li>
      ))}
    </Box>
  );
}
