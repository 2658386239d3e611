import VerifiedUser from '@mui/icons-material/VerifiedUser';
import { Alert, Box, Button, Stack, Typography } from '@mui/material';
import { useId, useState } from 'react';
import { Section } from '../frame/section.tsx';
import type { ResetEvidence } from '../records.ts';
import { useSay } from '../say.ts';
import { JudgementChip } from './judgement-chip.tsx';
import type { useVerification } from './use-verification.ts';
import { wholeOf, type Verdict } from './verdict.ts';

const SEVERITY = { pass: 'success', fail: 'error', open: 'warning' } as const;

/** The button that verifies in this browser, and what came of it, check by check. */
export function Verification({ evidence, run }: { evidence: ResetEvidence; run: ReturnType<typeof useVerification> }) {
  const say = useSay();
  const field = useId();
  const [policyFile, setPolicyFile] = useState<File>();
  const { data: verdict, error, isPending, mutate } = run;
  return (
    <Section title={say('evidence.verifyTitle')}>
      <Typography color="textSecondary" sx={{ mb: 2, maxWidth: '46rem' }}>
        {say('evidence.verifyLead')}
      </Typography>
      <Stack spacing={0.5} sx={{ mb: 2 }}>
        <Typography component="label" htmlFor={field} sx={{ fontWeight: 600 }}>
          {say('evidence.ownPolicy')}
        </Typography>
        <Typography id={`${field}-hint`} variant="body2" color="textSecondary">
          {say('evidence.ownPolicyHint')}
        </Typography>
        <Box
          component="input"
          id={field}
          type="file"
          aria-describedby={`${field}-hint`}
          onChange={(event) => setPolicyFile(event.target.files?.[0])}
          sx={{ font: 'inherit', color: 'inherit', maxWidth: '100%' }}
        />
      </Stack>
      <Button variant="contained" startIcon={<VerifiedUser />} disabled={isPending} onClick={() => mutate({ evidence, policyFile })}>
        {say(isPending ? 'evidence.verifying' : verdict ? 'evidence.verifyAgain' : 'evidence.verify')}
      </Button>
      {/* There before anything is in it, so that what comes of it is read aloud. */}
      <Box component="output" sx={{ display: 'block', mt: 2 }}>
        {error && !isPending && (
          <Alert severity="warning" role="none">
            {say(error.name === 'NotSupportedError' ? 'evidence.tooOld' : 'evidence.noLog')}
          </Alert>
        )}
        {verdict && !isPending && (
          <Alert severity={SEVERITY[wholeOf(verdict)]} role="none" sx={{ fontWeight: 650 }} data-verdict={wholeOf(verdict)}>
            {say(`evidence.result.${wholeOf(verdict)}`)}
          </Alert>
        )}
      </Box>
      {verdict && !isPending && <Checks verdict={verdict} />}
    </Section>
  );
}

function Checks({ verdict }: { verdict: Verdict }) {
  const say = useSay();
  return (
    <>
      <Box component="ul" sx={{ listStyle: 'none', m: 0, mt: 2, p: 0, display: 'grid', gap: 1.5 }}>
        {verdict.checks.map(({ judgement, word, values }) => (
          <Box component="li" key={word} sx={{ display: 'flex', gap: 1.5, alignItems: 'flex-start', flexWrap: 'wrap' }}>
            <JudgementChip judgement={judgement} />
            <Typography sx={{ flex: '1 1 14rem', minWidth: 0, overflowWrap: 'anywhere' }}>{say(word, values)}</Typography>
          </Box>
        ))}
      </Box>
      <Typography variant="body2" color="textSecondary" sx={{ mt: 2, maxWidth: '46rem' }}>
        {say('evidence.notProven')}
      </Typography>
    </>
  );
}
