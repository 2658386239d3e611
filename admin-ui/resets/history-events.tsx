import { Box, Link as Anchor, Typography } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { usePermissions } from 'react-admin';
import { attributesOf } from '../evidence/events-behind.ts';
import { Fold } from '../frame/fold.tsx';
import { JsonBlock } from '../frame/json-block.tsx';
import { Section } from '../frame/section.tsx';
import { Waiting } from '../frame/waiting.tsx';
import { useConsoleData } from '../provider/use-console-data.ts';
import type { Role } from '../records.ts';
import { useSay } from '../say.ts';
import { HISTORY_READERS } from '../session/grants.ts';
import { Moment } from '../time/moment.tsx';

/** The workflow's own record behind a fold: read only when opened, because it is long and few need it. */
export function HistoryEvents({ id }: { id: string }) {
  const say = useSay();
  const { permissions } = usePermissions<Role[]>();
  const reads = HISTORY_READERS.some((role) => permissions?.includes(role));
  const names = (roles: readonly Role[]) => roles.map((role) => say(`role.${role}`)).join(', ');
  return (
    <Section title={say('reset.history')}>
      <Typography color="textSecondary" sx={{ mb: 1 }}>
        {say('reset.historyLead')}
      </Typography>
      {reads ? (
        <>
          <Anchor
            href={`/api/v1/resets/${encodeURIComponent(id)}/history`}
            download={`reset-${id}-history.json`}
            sx={{ display: 'inline-block', mb: 1.5 }}
          >
            {say('reset.historyDownload')}
          </Anchor>
          <Fold summary={say('reset.historyShow')}>{() => <Events id={id} />}</Fold>
        </>
      ) : (
        <Typography>{say('problem.hereFor', { roles: names(HISTORY_READERS), mine: names(permissions ?? []) })}</Typography>
      )}
    </Section>
  );
}

function Events({ id }: { id: string }) {
  const say = useSay();
  const data = useConsoleData();
  // Under the key of resets, so that the live signal of a reset refreshes its history too.
  const { data: events, error } = useQuery({
    queryKey: ['resets', 'history', id],
    queryFn: ({ signal }) => data.history(id, signal),
    retry: false,
  });
  if (error) return <Typography role="alert">{say('problem.generic')}</Typography>;
  if (!events) return <Waiting />;
  return (
    <>
      <Typography sx={{ mb: 1 }}>{say('reset.historyEvents', { smart_count: events.length })}</Typography>
      <Box component="ol" sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {events.map((event, index) => (
          <Box component="li" key={event.eventId ?? index} sx={{ borderTop: 1, borderColor: 'divider', py: 0.5 }}>
            <Fold
              summary={
                <>
                  {event.eventId ?? index + 1}. {typeInWords(event.eventType)}{' '}
                  <Typography component="span" variant="body2" color="textSecondary">
                    {event.eventTime && <Moment at={event.eventTime} />}
                  </Typography>
                </>
              }
            >
              {() => <JsonBlock value={attributesOf(event)} label={typeInWords(event.eventType)} />}
            </Fold>
          </Box>
        ))}
      </Box>
    </>
  );
}

/** EVENT_TYPE_ACTIVITY_TASK_SCHEDULED reads "Activity task scheduled". */
export function typeInWords(type = ''): string {
  const words = type
    .replace(/^EVENT_TYPE_/, '')
    .replaceAll('_', ' ')
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
