import { REFUSALS, isRefusalCode } from '#domain/refusals.ts';
import { toldToClaimant } from '#domain/told-to-claimant.ts';
import { isTerminal } from '#domain/reset-state.ts';
import { Alert, Link as Anchor, Stack, Typography } from '@mui/material';
import { Link, useParams } from 'react-router-dom';
import { Unreadable } from '../frame/dead-ends.tsx';
import { Gate } from '../frame/gate.tsx';
import { Page } from '../frame/page.tsx';
import { Section } from '../frame/section.tsx';
import { Waiting } from '../frame/waiting.tsx';
import type { ResetDetail } from '../records.ts';
import { useSay } from '../say.ts';
import { spanInWords } from '../time/span.ts';
import { BreakGlass } from './break-glass.tsx';
import { HistoryEvents } from './history-events.tsx';
import { LockForm } from './lock-form.tsx';
import { Locked } from './locked.tsx';
import { Notices } from './notices.tsx';
import { Progress } from './progress.tsx';
import { ResetFacts } from './reset-facts.tsx';
import { Stages } from './stages.tsx';
import { StateChip } from './state-chip.tsx';
import { useReset } from './use-reset.ts';
import { Timeline } from './timeline.tsx';
import { Watch } from './watch.tsx';

/** One reset from the first word to the last notice, filling in by itself while it runs. */
export function ResetPage() {
  return (
    <Gate page="resets">
      <OneReset />
    </Gate>
  );
}

function OneReset() {
  const say = useSay();
  const { id = '' } = useParams();
  const { data: reset, error, refetch } = useReset(id);
  if (error && !reset) return <Unreadable error={error} page="resets" onRetry={() => void refetch()} />;
  if (!reset)
    return (
      <Page title={say('page.reset')}>
        <Waiting />
      </Page>
    );
  const name = reset.accountName;
  return (
    <Page
      title={name ? say('reset.title', { name }) : say('reset.titleUnknown')}
      above={
        <Anchor component={Link} to="/resets" sx={{ display: 'inline-block', mb: 1 }}>
          ← {say('page.resets')}
        </Anchor>
      }
      lead={isTerminal(reset.state) && say('reset.ended', { span: spanInWords(Date.parse(reset.updatedAt) - Date.parse(reset.startedAt)) })}
      actions={<StateChip state={reset.state} />}
    >
      {reset.code && <Ending code={reset.code} />}
      {reset.lock && <Locked lock={reset.lock} />}
      <Progress reset={reset} />
      <Stack direction={{ xs: 'column', lg: 'row' }} spacing={3} sx={{ alignItems: { lg: 'flex-start' }, '& > *': { minWidth: 0 } }}>
        <Stack spacing={3} sx={{ flex: 3 }}>
          <Section title={say('reset.timeline')} aside={<TimelineAside reset={reset} />}>
            <Timeline reset={reset} />
          </Section>
          <HistoryEvents id={reset.id} />
        </Stack>
        <Stack spacing={3} sx={{ flex: 2 }}>
          <ResetFacts reset={reset} />
          {reset.approvals.length > 0 && <Stages stages={reset.approvals} over={isTerminal(reset.state)} />}
          <Watch watch={reset.watch} />
          <Notices notices={reset.notices} />
          <BreakGlass reset={reset} />
          <LockForm reset={reset} />
        </Stack>
      </Stack>
    </Page>
  );
}

/** The refusal by its code, and the words that the claimant read. */
function Ending({ code }: { code: string }) {
  const say = useSay();
  return (
    <Alert severity="error">
      <strong>{say('reset.refusedBecause', { code })}</strong>
      {isRefusalCode(code) && ` ${say('reset.claimantRead', { words: REFUSALS[toldToClaimant(code)].words })}`}
    </Alert>
  );
}

function TimelineAside({ reset }: { reset: ResetDetail }) {
  const say = useSay();
  if (isTerminal(reset.state)) return null;
  return (
    <Typography variant="body2" color="textSecondary">
      {say('reset.timelineLive')}
    </Typography>
  );
}
