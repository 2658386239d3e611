import { isTerminal } from '#domain/reset-state.ts';
import { Box, Typography } from '@mui/material';
import { keyframes } from '@emotion/react';
import { useEffect, useRef, useState } from 'react';
import { OnlyHeard } from '../frame/only-heard.tsx';
import { Copyable } from '../frame/copyable.tsx';
import { useLog } from '../log/use-log.ts';
import { methodInWords } from '../inbox/method-in-words.ts';
import { askedInWords } from '../inbox/stage-in-words.ts';
import type { ResetDetail, TimelineEntry } from '../records.ts';
import { useSay } from '../say.ts';
import { Moment } from '../time/moment.tsx';
import { spanInWords } from '../time/span.ts';
import { useNow } from '../time/use-now.ts';
import { MovedMark, OutcomeMark } from './outcome-mark.tsx';
import { withWaits } from './waits.ts';
import { waitsInWords } from './waits-in-words.ts';

const appear = keyframes({ from: { opacity: 0, transform: 'translateY(-6px)' }, to: { opacity: 1, transform: 'none' } });

/** What happened, step by step, in words; the pauses between; and, while it is open, what it waits for now. */
export function Timeline({ reset }: { reset: ResetDetail }) {
  return (
    <>
      <Announcer entries={reset.timeline} />
      <Box
        component="ol"
        sx={{
          listStyle: 'none',
          m: 0,
          p: 0,
          '& > li': { animation: `${appear} 240ms ease-out` },
          '& > li:last-of-type': { borderColor: 'transparent', pb: 0 },
        }}
      >
        {withWaits(reset.timeline, reset.approvals).map((item) =>
          item.kind === 'entry' ? (
            <Entry key={item.entry.leafId} entry={item.entry} last={item.entry === reset.timeline.at(-1)} />
          ) : (
            <Wait key={item.id} milliseconds={item.milliseconds} waitedFor={item.waitedFor} />
          ),
        )}
        {!isTerminal(reset.state) && <Now reset={reset} />}
      </Box>
    </>
  );
}

/** A line through the marks, so that the eye follows the order that the list already has. */
const line = { borderLeft: 2, borderColor: 'divider', ml: '13px', pl: 3.25, pb: 2.5, position: 'relative' } as const;

function Entry({ entry, last }: { entry: TimelineEntry; last: boolean }) {
  const say = useSay();
  // What was only begun is "under way" until the next entry tells how it went.
  // A move between two steps is a milestone, not something that passed.
  const moved = entry.type === 'reset.state' && !last;
  const open = entry.outcome === 'started' && last;
  const failed = entry.outcome !== 'success' && entry.outcome !== 'started';
  return (
    <Box component="li" sx={line} data-outcome={entry.outcome}>
      <Box sx={{ position: 'absolute', left: -15, top: 0, bgcolor: 'background.paper', lineHeight: 0, borderRadius: '50%' }}>
        {moved ? <MovedMark /> : <OutcomeMark outcome={entry.outcome} />}
      </Box>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', columnGap: 2, alignItems: 'baseline', justifyContent: 'space-between' }}>
        <Typography sx={{ fontWeight: moved ? 400 : 600, color: failed ? 'error.main' : 'text.primary' }}>
          {entry.title}
          {open && ` – ${say(`outcome.${entry.outcome}`)}`}
          {entry.attempt !== undefined && entry.attempt > 1 && ` (${say('reset.attempt', { attempt: entry.attempt })})`}
        </Typography>
        <Typography component="span" variant="body2" color="textSecondary">
          <Moment at={entry.at} />
        </Typography>
      </Box>
      {entry.detail && (
        <Typography color="textSecondary" sx={{ overflowWrap: 'anywhere' }}>
          {methodInWords(entry.detail, say)}
        </Typography>
      )}
      <Typography component="div" variant="body2" color="textSecondary">
        {entry.who && `${entry.who} · `}
        {say('reset.leaf')} <Copyable value={entry.leafId} what={say('reset.leaf')} shown={shortened(entry.leafId)} />
      </Typography>
    </Box>
  );
}

const shortened = (id: string) => (id.length > 20 ? `${id.slice(0, 8)}…${id.slice(-6)}` : id);

function Wait({ milliseconds, waitedFor }: { milliseconds: number; waitedFor: string | null }) {
  const say = useSay();
  const span = spanInWords(milliseconds);
  return (
    <Box component="li" sx={{ ...line, borderLeftStyle: 'dotted', borderLeftWidth: 3, ml: '12px' }} data-wait>
      <Typography variant="body2" color="textSecondary" sx={{ fontStyle: 'italic' }}>
        {waitedFor ? say('reset.gapFor', { span, who: askedInWords(waitedFor, say) }) : say('reset.gap', { span })}
      </Typography>
    </Box>
  );
}

function Now({ reset }: { reset: ResetDetail }) {
  const say = useSay();
  const now = useNow(1000);
  const last = reset.timeline.at(-1)?.at ?? reset.startedAt;
  const span = spanInWords(now - Date.parse(last));
  const log = useLog();
  return (
    <Box component="li" sx={{ ...line, borderLeftStyle: 'dotted', borderLeftWidth: 3, ml: '12px', pb: 0 }} data-now>
      <Typography sx={{ fontWeight: 600, color: 'warning.main' }}>
        {reset.waitingFor ? say('reset.nowWaiting', { who: waitsInWords(reset.waitingFor, say), span }) : say('reset.open', { span })}
      </Typography>
      {reset.state === 'writing' && log?.waits && log.waitsFor && (
        <Typography color="textSecondary">{say(`evidence.log.resetWaits.${log.waitsFor}`)}</Typography>
      )}
    </Box>
  );
}

/** Tells those who do not see the page that a step was added, and nothing about the clock that ticks beside it. */
function Announcer({ entries }: { entries: readonly TimelineEntry[] }) {
  const say = useSay();
  const [text, setText] = useState('');
  const seen = useRef(entries.length);
  useEffect(() => {
    const added = entries.at(-1);
    if (added && entries.length > seen.current) setText(say('reset.newStep', { title: added.title }));
    seen.current = entries.length;
  }, [entries, say]);
  return <OnlyHeard live>{text}</OnlyHeard>;
}
