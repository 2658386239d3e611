import { Box, Button, Link as Anchor, Stack } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearchParams } from 'react-router-dom';
import { Unreadable } from '../frame/dead-ends.tsx';
import { Empty } from '../frame/empty.tsx';
import { Gate } from '../frame/gate.tsx';
import { Page } from '../frame/page.tsx';
import { Waiting } from '../frame/waiting.tsx';
import { useConsoleData } from '../provider/use-console-data.ts';
import type { ResetEvidence } from '../records.ts';
import { useSay } from '../say.ts';
import { OneStep } from './one-step.tsx';
import { StepList } from './step-list.tsx';
import { TrackOfReset } from './track-of-reset.tsx';
import { useVerification } from './use-verification.ts';
import { Verification } from './verification.tsx';

/** An auditor steps through a reset. What is shown was read once: it does not change under the eyes of who verifies it. */
export function EvidencePage() {
  return (
    <Gate page="audit">
      <Evidence />
    </Gate>
  );
}

function Evidence() {
  const say = useSay();
  const { id = '' } = useParams();
  const data = useConsoleData();
  const {
    data: evidence,
    error,
    refetch,
  } = useQuery({
    queryKey: ['evidence', id],
    queryFn: ({ signal }) => data.evidence(id, signal),
    retry: false,
  });
  if (error && !evidence) return <Unreadable error={error} page="audit" onRetry={() => void refetch()} />;
  return (
    <Page
      title={say('evidence.ofReset')}
      lead={say('evidence.lead')}
      above={
        <Anchor component={Link} to={`/resets/${encodeURIComponent(id)}/show`} sx={{ display: 'inline-block', mb: 1 }}>
          ← {say('evidence.backToReset')}
        </Anchor>
      }
    >
      {evidence ? <Steps evidence={evidence} /> : <Waiting />}
    </Page>
  );
}

function Steps({ evidence }: { evidence: ResetEvidence }) {
  const say = useSay();
  const [search, setSearch] = useSearchParams();
  const run = useVerification();
  const { leaves } = evidence;
  const asked = Number(search.get('step') ?? 1);
  const shown = Number.isInteger(asked) && asked >= 1 && asked <= leaves.length ? asked - 1 : 0;
  const leaf = leaves[shown];
  const judgements = run.isPending ? undefined : run.data?.leaves;
  if (!leaf) return <Empty title={say('evidence.empty')} />;
  const go = (to: number) => setSearch({ step: String(to + 1) }, { replace: true });
  return (
    <>
      <Verification evidence={evidence} run={run} />
      <TrackOfReset evidence={evidence} />
      <Stack direction={{ xs: 'column', lg: 'row' }} spacing={3} sx={{ alignItems: { lg: 'flex-start' }, '& > *': { minWidth: 0 } }}>
        <Box sx={{ flex: 2 }}>
          <StepList leaves={leaves} shown={shown} judgements={judgements} />
        </Box>
        <Stack spacing={2} sx={{ flex: 4 }}>
          <Stack direction="row" spacing={1} useFlexGap sx={{ alignItems: 'center', flexWrap: 'wrap' }}>
            <Button variant="outlined" disabled={shown === 0} onClick={() => go(shown - 1)}>
              {say('evidence.earlier')}
            </Button>
            <Button variant="outlined" disabled={shown === leaves.length - 1} onClick={() => go(shown + 1)}>
              {say('evidence.later')}
            </Button>
            <Box component="output">{say('evidence.step', { step: shown + 1, steps: leaves.length })}</Box>
          </Stack>
          <OneStep key={leaf.id} leaf={leaf} evidence={evidence} judgement={judgements?.get(leaf.id)} />
        </Stack>
      </Stack>
    </>
  );
}
