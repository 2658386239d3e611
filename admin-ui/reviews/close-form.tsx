import { REVIEW_JUDGEMENTS } from '#domain/break-glass-statement.ts';
import { isRefusalCode, REFUSALS } from '#domain/refusals.ts';
import {
  Alert,
  Box,
  Button,
  FormControl,
  FormControlLabel,
  FormHelperText,
  FormLabel,
  Radio,
  RadioGroup,
  Stack,
  TextField,
} from '@mui/material';
import { useState } from 'react';
import { useHasKey } from '../keys/use-has-key.ts';
import { KeyFirst } from '../keys/key-first.tsx';
import type { Review } from '../records.ts';
import { useSay } from '../say.ts';
import { useCloseReview, type Judged } from './use-reviews.ts';

/** A judgement and a finding, signed by a third person; to everybody else the button says why it is shut. */
export function CloseForm({ review }: { review: Review }) {
  const say = useSay();
  const hasKey = useHasKey();
  const [judgement, setJudgement] = useState<Judged['judgement']>();
  const [finding, setFinding] = useState('');
  const [tried, setTried] = useState(false);
  const { run, working, problem } = useCloseReview(review);
  const missing = finding.trim() === '';
  if (hasKey === false && review.mayClose) return <KeyFirst />;
  const label = `judgement-${review.id}`;
  return (
    <Stack
      component="form"
      noValidate
      spacing={2}
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (judgement && !missing && review.mayClose) void run({ judgement, finding: finding.trim() });
      }}
    >
      {problem && (
        <Alert severity="error" role="alert">
          {problem}
        </Alert>
      )}
      {review.mayClose && (
        <>
          <FormControl error={tried && !judgement}>
            <FormLabel id={label}>{say('reviews.judgement')}</FormLabel>
            <RadioGroup
              aria-labelledby={label}
              value={judgement ?? ''}
              onChange={(_, value) => setJudgement(REVIEW_JUDGEMENTS.find((one) => one === value))}
            >
              {REVIEW_JUDGEMENTS.map((one) => (
                <FormControlLabel key={one} value={one} control={<Radio />} label={say(`reviews.judgements.${one}`)} />
              ))}
            </RadioGroup>
            {tried && !judgement && <FormHelperText>{say('reviews.choose')}</FormHelperText>}
          </FormControl>
          <TextField
            label={say('reviews.finding')}
            helperText={tried && missing ? say('reviews.findingMissing') : say('reviews.findingHint')}
            error={tried && missing}
            value={finding}
            onChange={(event) => setFinding(event.target.value)}
            multiline
            required
            slotProps={{ htmlInput: { maxLength: 1000 } }}
          />
        </>
      )}
      <Box>
        <Button type="submit" variant="contained" disabled={working || !review.mayClose}>
          {say('reviews.submit')}
        </Button>
        {isRefusalCode(review.whyNot) && <FormHelperText>{say('reviews.notYou', { why: REFUSALS[review.whyNot].words })}</FormHelperText>}
      </Box>
    </Stack>
  );
}
