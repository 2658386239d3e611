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
  Typography,
} from '@mui/material';
import { useRef, useState, type SubmitEvent } from 'react';
import { readTotp } from '../frame/totp.ts';
import { TotpField } from '../frame/totp-field.tsx';
import type { Decision } from '../provider/data-provider.ts';
import type { Approval } from '../records.ts';
import { useSay } from '../say.ts';
import { NotYours } from './not-yours.tsx';
import { Recorded } from './recorded.tsx';
import { useDecide } from './use-decide.ts';

/**
 * Approve or deny, with a reason and a fresh code. Nothing is shown as decided before the server says so, and neither
 * answer is preselected or the one that Enter gives.
 */
export function DecisionForm({ approval }: { approval: Approval }) {
  const say = useSay();
  const { decide, state } = useDecide(approval);
  const [decision, setDecision] = useState<Decision['decision']>();
  const [reason, setReason] = useState('');
  const [code, setCode] = useState('');
  const [tried, setTried] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const totp = readTotp(code);
  const missing = { decision: !decision, reason: reason.trim() === '', totp: !totp };

  if (state.recorded) return <Recorded approval={approval} message={state.recorded.message} />;
  if (approval.state !== 'waiting')
    return (
      <Typography>
        {say('decision.over', { state: say(approval.state === 'not-reached' ? 'approval.undecided' : `approval.${approval.state}`) })}
      </Typography>
    );
  if (!approval.mayDecide) return <NotYours whyNot={approval.whyNot} />;

  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setTried(true);
    if (!decision || !totp || missing.reason) {
      form.current?.querySelector<HTMLElement>(missing.decision ? 'input[type=radio]' : missing.reason ? 'textarea' : '#totp')?.focus();
      return;
    }
    // A code counts once, so a used one is cleared. It stays if nobody knows whether it arrived: the same request goes again.
    if ((await decide({ decision, reason: reason.trim(), totp })) === 'no-answer') return;
    setCode('');
    setTried(false);
  };

  return (
    <Stack component="form" noValidate spacing={2.5} ref={form} onSubmit={(event) => void submit(event)}>
      {state.problem && (
        <Alert severity="error" role="alert">
          {state.problem}
        </Alert>
      )}
      <FormControl error={tried && missing.decision} required>
        <FormLabel id="decision-label" required={false}>
          {say('decision.choose')}
        </FormLabel>
        <RadioGroup
          aria-labelledby="decision-label"
          name="decision"
          value={decision ?? ''}
          onChange={(_, value) => setDecision(value === 'approve' ? 'approve' : 'deny')}
        >
          <Choice value="approve" label={say('decision.approve')} hint={say('decision.approveHint')} />
          <Choice value="deny" label={say('decision.deny')} hint={say('decision.denyHint')} />
        </RadioGroup>
        {tried && missing.decision && <FormHelperText>{say('decision.chooseMissing')}</FormHelperText>}
      </FormControl>
      <TextField
        id="reason"
        label={say('decision.reason')}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
        multiline
        minRows={2}

        error={tried && missing.reason}
        helperText={say(tried && missing.reason ? 'decision.reasonMissing' : 'decision.reasonHint')}
        slotProps={{ htmlInput: { maxLength: 1000, 'aria-required': true } }}
      />
      <TotpField
        label={say('decision.totp')}
        hint={say('decision.totpHint')}
        {...(tried && missing.totp ? { problem: say('decision.totpMissing') } : {})}
        value={code}
        onChange={setCode}
      />
      <Button type="submit" variant="contained" size="large" color={decision === 'deny' ? 'error' : 'primary'} disabled={state.working}>
        {say(
          state.working
            ? 'word.working'
            : decision === 'approve'
              ? 'decision.submitApprove'
              : decision === 'deny'
                ? 'decision.submitDeny'
                : 'decision.submit',
        )}
      </Button>
    </Stack>
  );
}

function Choice({ value, label, hint }: { value: string; label: string; hint: string }) {
  return (
    <FormControlLabel
      value={value}
      control={<Radio slotProps={{ input: { 'aria-describedby': `${value}-hint` } }} />}
      sx={{ alignItems: 'flex-start', mt: 1, mr: 0 }}
      label={
        <Box sx={{ pt: 1 }}>
          <Box component="span" sx={{ fontWeight: 650 }}>
            {label}
          </Box>
          <Typography component="span" variant="body2" color="textSecondary" id={`${value}-hint`} sx={{ display: 'block' }}>
            {hint}
          </Typography>
        </Box>
      }
    />
  );
}
