import { Box, Button, Stack, TextField, Typography } from '@mui/material';
import { useState } from 'react';
import { Link, useParams } from 'react-router-dom';
import { Unreadable } from '../frame/dead-ends.tsx';
import { Gate } from '../frame/gate.tsx';
import { Page } from '../frame/page.tsx';
import { Section } from '../frame/section.tsx';
import { Waiting } from '../frame/waiting.tsx';
import { useSay } from '../say.ts';
import { ADDRESSES } from '../session/grants.ts';
import { DueTable } from './due-table.tsx';
import { useCalendars, useVersion } from './use-policy.ts';
import { YearOf } from './year-of.tsx';

/** The calendars of one version over a year, and when the stages of its rules would fall due. */
export function CalendarPage() {
  return (
    <Gate page="policies">
      <Calendars sha256={useParams()['sha256'] ?? ''} />
    </Gate>
  );
}

function Calendars({ sha256 }: { sha256: string }) {
  const say = useSay();
  const [year, setYear] = useState(() => new Date().getUTCFullYear());
  const [at, setAt] = useState(() => new Date().toISOString().slice(0, 16));
  const moment = /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(at) ? `${at}:00Z` : undefined;
  const { data: version } = useVersion(sha256);
  const { data, error, refetch } = useCalendars(sha256, moment);
  if (error && !data) return <Unreadable error={error} page="policies" onRetry={() => void refetch()} />;
  if (!data || !version) return <Waiting />;
  return (
    <Page title={say('policies.calendar.title')} lead={say('policies.calendar.lead', { name: version.name })}>
      <Box sx={{ display: 'grid', gap: 3 }}>
        <Section title={say('policies.calendar.due')}>
          <TextField
            label={say('policies.calendar.at')}
            type="datetime-local"
            value={at}
            onChange={(event) => setAt(event.target.value)}
            slotProps={{ inputLabel: { shrink: true } }}
            sx={{ mb: 2 }}
          />
          <DueTable rules={data.rules} />
        </Section>
        <Stack direction="row" spacing={1} sx={{ alignItems: 'center' }}>
          <Button onClick={() => setYear(year - 1)}>{year - 1}</Button>
          <Typography component="span" sx={{ fontWeight: 650 }} aria-live="polite">
            {year}
          </Typography>
          <Button onClick={() => setYear(year + 1)}>{year + 1}</Button>
        </Stack>
        {data.calendars.length === 0 && <Typography>{say('policies.calendar.none')}</Typography>}
        {data.calendars.map((calendar) => (
          <Section key={calendar.name} title={say('policies.calendar.of', { name: calendar.name, zone: calendar.zone })}>
            <YearOf calendar={calendar} year={year} />
          </Section>
        ))}
        <Box>
          <Button component={Link} to={`${ADDRESSES.policies}/${sha256}`}>
            {say('policies.calendar.back')}
          </Button>
        </Box>
      </Box>
    </Page>
  );
}
