import { Box, Typography } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { Fold } from '../frame/fold.tsx';
import { JsonBlock } from '../frame/json-block.tsx';
import { Waiting } from '../frame/waiting.tsx';
import { useConsoleData } from '../provider/use-console-data.ts';
import { typeInWords } from '../resets/history-events.tsx';
import { useSay } from '../say.ts';
import { attributesOf, eventsBehind } from './events-behind.ts';

/** The events of the workflow that lie behind one leaf, read once for all steps of the page. */
export function EventsOfStep({ reset, leaf }: { reset: string; leaf: string }) {
  const say = useSay();
  const data = useConsoleData();
  const { data: events, error } = useQuery({
    queryKey: ['resets', 'history', reset],
    queryFn: ({ signal }) => data.history(reset, signal),
    retry: false,
  });
  if (error) return <Typography>{say('evidence.eventsGone')}</Typography>;
  if (!events) return <Waiting />;
  const behind = eventsBehind(leaf, `reset/${reset}`, events);
  if (behind.length === 0) return <Typography>{say('evidence.noEvents')}</Typography>;
  return (
    <Box component="ol" sx={{ listStyle: 'none', m: 0, p: 0 }}>
      {behind.map((event) => (
        <Box component="li" key={event.eventId} sx={{ borderTop: 1, borderColor: 'divider', py: 0.5 }}>
          <Fold summary={`${event.eventId}. ${typeInWords(event.eventType)}`}>
            {() => <JsonBlock value={attributesOf(event)} label={typeInWords(event.eventType)} />}
          </Fold>
        </Box>
      ))}
    </Box>
  );
}
