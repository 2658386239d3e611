import { Alert, Box, Button, Link as Anchor, Stack, Typography } from '@mui/material';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router-dom';
import { REFUSALS } from '#domain/refusals.ts';
import { Gate } from '../frame/gate.tsx';
import { Page } from '../frame/page.tsx';
import { Section } from '../frame/section.tsx';
import { Waiting } from '../frame/waiting.tsx';
import { useSay } from '../say.ts';
import { chosenIn } from './chosen.ts';
import { DecisionForm } from './decision-form.tsx';
import { Known, nameOf } from './known.tsx';
import { ShortcutHelp } from './shortcut-help.tsx';
import { useApproval } from './use-approval.ts';
import type { Outcome } from './use-decide.ts';
import { Reached } from './reached.tsx';
import { WhatBecame, type Became } from './what-became.tsx';

/** Several approvals, each shown and decided by itself: its own statement, its own touch of the key. What became of each stands at the end. */
export function OneByOnePage() {
  return (
    <Gate page="inbox">
      <OneByOne />
    </Gate>
  );
}

function OneByOne() {
  const say = useSay();
  const [asked] = useSearchParams();
  const [became, setBecame] = useState<readonly Became[]>([]);
  // As they were when the page was opened: what has been told does not change under it.
  const [chosen] = useState(() => chosenIn(asked.get('of')));
  const current = chosen[became.length];
  const [problem, setProblem] = useState<string>();
  const goOn = (one: Became) => {
    setProblem(undefined);
    setBecame((before) => [...before, one]);
  };
  return (
    <Page
      title={say('batch.title')}
      lead={say('batch.lead')}
      above={
        <Anchor component={Link} to="/approvals" sx={{ display: 'inline-block', mb: 1 }}>
          ← {say('page.inbox')}
        </Anchor>
      }
    >
      {chosen.length === 0 ? (
        <Typography>{say('batch.nothing')}</Typography>
      ) : current ? (
        <One
          key={current}
          id={current}
          place={became.length + 1}
          count={chosen.length}
          problem={problem}
          onProblem={setProblem}
          onDone={goOn}
        />
      ) : (
        <WhatBecame all={became} />
      )}
    </Page>
  );
}

type OneProps = {
  id: string;
  place: number;
  count: number;
  /** Why the last try did not count; the person may try again or go on. */
  problem: string | undefined;
  onProblem: (problem: string) => void;
  onDone: (became: Became) => void;
};

function One({ id, place, count, problem, onProblem, onDone }: OneProps) {
  const say = useSay();
  const { data: approval, error } = useApproval(id);
  if (error && !approval)
    return (
      <Stack spacing={2} sx={{ alignItems: 'flex-start' }}>
        <Alert severity="warning">{say('batch.unreadable')}</Alert>
        <Button variant="outlined" onClick={() => onDone({ id, name: id, how: 'not-decided', words: say('batch.unreadable') })}>
          {say('batch.next')}
        </Button>
      </Stack>
    );
  if (!approval) return <Waiting />;
  const name = `${nameOf(approval)}, ${approval.requestCode}`;
  const onOutcome = ({ kind, words }: Outcome) => (kind === 'recorded' ? onDone({ id, name, how: 'recorded', words }) : onProblem(words));
  const cannot = approval.mayDecide ? undefined : approval.whyNot && REFUSALS[approval.whyNot].words;
  const why = problem ?? cannot;
  return (
    <Stack spacing={3}>
      <Reached title={say('batch.place', { place, count, name: nameOf(approval) })} />
      <Box
        sx={{
          display: 'grid',
          gap: 3,
          gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'minmax(0, 1fr) minmax(0, 1fr)' },
          alignItems: 'start',
        }}
      >
        <Stack spacing={2} sx={{ minWidth: 0 }}>
          <Known approval={approval} short />
          <Anchor component={Link} to={`/approvals/${encodeURIComponent(id)}/show`} target="_blank">
            {say('batch.whole')}
          </Anchor>
        </Stack>
        <Section title={say('decision.form')}>
          <DecisionForm approval={approval} onOutcome={onOutcome} />
          <Button
            sx={{ mt: 2 }}
            variant="outlined"
            onClick={() => onDone({ id, name, how: why ? 'refused' : 'not-decided', words: why ?? say('batch.skipped') })}
          >
            {say(why ? 'batch.next' : 'batch.skip')}
          </Button>
        </Section>
      </Box>
      <ShortcutHelp />
    </Stack>
  );
}
