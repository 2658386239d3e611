import { Box, Typography } from '@mui/material';
import type { PolicyCalendars } from '../records.ts';
import { useSay } from '../say.ts';
import { DAYS, monthsOf, type DayOf } from './months-of.ts';

type Calendar = PolicyCalendars['calendars'][number];

/** The months of a year with their business days and holidays. What a colour says, words say too. */
export function YearOf({ calendar, year }: { calendar: Calendar; year: number }) {
  const say = useSay();
  const hours = DAYS.map((day) => `${say(`policies.calendar.days.${day}`)} ${spansOf(calendar, day) || say('policies.calendar.closed')}`);
  const holidays = calendar.holidays.filter((date) => date.startsWith(`${year}-`)).toSorted();
  return (
    <Box>
      <Typography>{hours.join(' · ')}</Typography>
      <Typography sx={{ mb: 2 }}>
        {holidays.length > 0
          ? say('policies.calendar.holidays', { dates: holidays.join(', ') })
          : say('policies.calendar.noHolidays', { year })}
      </Typography>
      <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'repeat(auto-fill, minmax(15.5rem, 1fr))' }}>
        {monthsOf(calendar, year).map(({ name, weeks }) => (
          <Box component="table" key={name} sx={{ borderCollapse: 'collapse', fontSize: '0.8125rem', alignSelf: 'start' }}>
            <Box component="caption" sx={{ textAlign: 'left', fontWeight: 650, pb: 0.5 }}>
              {name}
            </Box>
            <thead>
              <tr>
                {DAYS.map((day) => (
                  <th key={day} scope="col">
                    {say(`policies.calendar.days.${day}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {weeks.map((week) => (
                <tr key={week.findLast((day) => day !== undefined)?.date}>
                  {week.map((day, index) => (
                    <DayCell key={day?.date ?? DAYS[index]} day={day} />
                  ))}
                </tr>
              ))}
            </tbody>
          </Box>
        ))}
      </Box>
    </Box>
  );
}

function DayCell({ day }: { day: DayOf | undefined }) {
  const say = useSay();
  if (!day) return <Box component="td" />;
  const { date, kind } = day;
  return (
    <Box
      component="td"
      title={say(`policies.calendar.kind.${kind}`, { date })}
      sx={{
        textAlign: 'center',
        p: '3px 6px',
        color: kind === 'open' ? 'text.primary' : kind === 'holiday' ? 'error.main' : 'text.secondary',
        fontWeight: kind === 'open' ? 650 : 400,
        textDecoration: kind === 'holiday' ? 'line-through' : 'none',
      }}
    >
      {Number(date.slice(8))}
    </Box>
  );
}

function spansOf({ hours }: Calendar, day: (typeof DAYS)[number]): string {
  return (hours[day] ?? []).map(({ from, to }) => `${from}–${to}`).join(', ');
}
