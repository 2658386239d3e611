import { Alert, Box, Button, FormHelperText, Stack, TextField } from '@mui/material';
import { useRef, useState, type SubmitEvent } from 'react';
import { readTotp } from '../frame/totp.ts';
import { TotpField } from '../frame/totp-field.tsx';
import type { Confirmed } from '../provider/data-provider.ts';
import { useSay } from '../say.ts';
import type { OfficerState } from './use-officer.ts';

type OfficerFormProps = {
  /** Distinguishes the fields of several forms on one page. */
  name: string;
  hint: string;
  submit: string;
  color?: 'primary' | 'error';
  /** Why this person cannot do it now: there is nothing to fill in, and the button is shut and says so. */
  whyNot?: string | undefined;
  act: (confirmed: Confirmed) => Promise<'answered' | 'no-answer'>;
  state: OfficerState;
};

/** Reason and a fresh code: the one way in which a security officer confirms what they do. */
export function OfficerForm({ name, hint, submit, color = 'primary', whyNot, act, state }: OfficerFormProps) {
  const say = useSay();
  const [reason, setReason] = useState('');
  const [code, setCode] = useState('');
  const [tried, setTried] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const totp = readTotp(code);
  const noReason = reason.trim() === '';

  const send = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (whyNot) return;
    setTried(true);
    if (noReason || !totp) {
      form.current?.querySelector<HTMLElement>(noReason ? 'textarea' : 'input')?.focus();
      return;
    }
    // A code counts once, so a used one is cleared. It stays if nobody knows whether it arrived: the same request goes again.
    if ((await act({ reason: reason.trim(), totp })) === 'no-answer') return;
    setCode('');
    setTried(false);
  };

  return (
    <Stack component="form" noValidate spacing={2.5} ref={form} onSubmit={(event) => void send(event)}>
      {state.problem && (
        <Alert severity="error" role="alert">
          {state.problem}
        </Alert>
      )}
      <Box component="output" sx={{ display: state.told ? 'block' : 'none' }}>
        {state.told && (
          <Alert severity="success" role="none">
            {state.told}
          </Alert>
        )}
      </Box>
      {whyNot === undefined && (
        <>
          <TextField
            id={`${name}-reason`}
            label={say('officers.reason')}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
            multiline
            minRows={2}
            error={tried && noReason}
            helperText={tried && noReason ? say('officers.reasonMissing') : hint}
            slotProps={{ htmlInput: { maxLength: 1000, 'aria-required': true } }}
          />
          <TotpField
            id={`${name}-totp`}
            label={say('officers.totp')}
            hint={say('officers.totpHint')}
            {...(tried && !totp ? { problem: say('officers.totpMissing') } : {})}
            value={code}
            onChange={setCode}
          />
        </>
      )}
      <div>
        <Button
          type="submit"
          variant="contained"
          size="large"
          color={color}
          disabled={state.working || whyNot !== undefined}
          aria-describedby={whyNot ? `${name}-why-not` : undefined}
        >
          {state.working ? say('word.working') : submit}
        </Button>
        {whyNot && <FormHelperText id={`${name}-why-not`}>{whyNot}</FormHelperText>}
      </div>
    </Stack>
  );
}
