import { isRefusalCode, REFUSALS } from '#domain/refusals.ts';
import { Alert, Box, Button, Checkbox, FormControlLabel, FormHelperText, Stack, TextField, Typography } from '@mui/material';
import { useState } from 'react';
import { useHasKey } from '../keys/use-has-key.ts';
import { KeyFirst } from '../keys/key-first.tsx';
import type { ResetDetail } from '../records.ts';
import { useSay } from '../say.ts';
import { useBreakGlass } from './use-break-glass.ts';

type Glass = NonNullable<ResetDetail['breakGlass']>;

/** A reason, whether to wait for the witnesses, and the officer's own key. Whoever cannot sign reads why on the shut button. */
export function BreakGlassForm({ reset, glass }: { reset: ResetDetail; glass: Glass }) {
  const say = useSay();
  const hasKey = useHasKey();
  const [reason, setReason] = useState('');
  const [boldly, setBoldly] = useState(false);
  const [tried, setTried] = useState(false);
  const { run, working, answer, problem } = useBreakGlass(reset);
  // What the first officer said of the witnesses is what the second one signs; a reset that is being written waits for them alone.
  const isSaid = glass.state === 'opened' || glass.state === 'given';
  const unwitnessed = isSaid ? glass.unwitnessed : reset.state === 'writing' || boldly;
  const missing = reason.trim() === '';
  const lines = glass.lines[unwitnessed ? 'unwitnessed' : 'witnessed'];
  if (answer)
    return (
      <Box component="output">
        <Alert severity="success">{answer.message}</Alert>
      </Box>
    );
  if (hasKey === false && glass.maySign) return <KeyFirst />;
  return (
    <Stack
      component="form"
      noValidate
      spacing={2}
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (!missing && glass.maySign) void run({ reason: reason.trim(), unwitnessed });
      }}
    >
      {problem && (
        <Alert severity="error" role="alert">
          {problem}
        </Alert>
      )}
      {glass.maySign && (
        <>
          <TextField
            label={say('breakGlass.reason')}
            helperText={tried && missing ? say('breakGlass.reasonMissing') : say('breakGlass.reasonHint')}
            error={tried && missing}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
            multiline
            required
            slotProps={{ htmlInput: { maxLength: 1000 } }}
          />
          <FormControlLabel
            control={
              <Checkbox
                checked={unwitnessed}
                disabled={isSaid || reset.state === 'writing'}
                onChange={(event) => setBoldly(event.target.checked)}
              />
            }
            label={say('breakGlass.witnesses')}
          />
          <Box component="section" aria-label={say('breakGlass.signed')} sx={{ p: 2, border: 1, borderColor: 'divider', borderRadius: 1 }}>
            <Typography component="h3" sx={{ fontWeight: 650 }}>
              {say('breakGlass.signed')}
            </Typography>
            <Box component="ul" sx={{ m: 0, my: 1, pl: 2.5, overflowWrap: 'anywhere' }}>
              {lines.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </Box>
          </Box>
        </>
      )}
      <Box>
        <Button type="submit" variant="contained" color="error" disabled={working || !glass.maySign}>
          {say('breakGlass.submit')}
        </Button>
        {isRefusalCode(glass.whyNot) && <FormHelperText>{say('breakGlass.notYet', { why: REFUSALS[glass.whyNot].words })}</FormHelperText>}
      </Box>
    </Stack>
  );
}
