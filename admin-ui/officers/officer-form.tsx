import { Alert, Box, Button, FormHelperText, Stack, TextField, Typography } from '@mui/material';
import { useRef, useState, type SubmitEvent } from 'react';
import { readTotp } from '../frame/totp.ts';
import { TotpField } from '../frame/totp-field.tsx';
import type { DeedState } from '../keys/use-deed.ts';
import { useHasKey } from '../keys/use-has-key.ts';
import type { Told } from '../provider/data-provider.ts';
import { useSay } from '../say.ts';
import type { Stated } from './use-officer.ts';

type OfficerFormProps = {
  /** Distinguishes the fields of several forms on one page. */
  name: string;
  hint: string;
  submit: string;
  color?: 'primary' | 'error';
  /** Why this person cannot do it now: there is nothing to fill in, and the button is shut and says so. */
  whyNot?: string | undefined;
  /** Only a key counts: a one-time code can stop, and never let anything go on. */
  needsKey?: boolean;
  officer: { run: (stated: Stated) => Promise<'done' | 'refused' | 'no-answer'> } & DeedState<Told>;
};

/** Reason and key, or a fresh code where one is enough: the one way in which a security officer confirms what they do. */
export function OfficerForm({ name, hint, submit, color = 'primary', whyNot, needsKey = false, officer }: OfficerFormProps) {
  const say = useSay();
  const hasKey = useHasKey();
  const [reason, setReason] = useState('');
  const [code, setCode] = useState('');
  const [noKeyHere, setNoKeyHere] = useState(false);
  const [tried, setTried] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const byCode = !needsKey && (hasKey === false || noKeyHere);
  const shut = whyNot ?? (needsKey && hasKey === false ? say('officers.keyMissing') : undefined);
  const totp = readTotp(code);
  const noReason = reason.trim() === '';
  const { problem, answer, working } = officer;

  const send = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (shut) return;
    setTried(true);
    if (noReason || (byCode && !totp)) {
      form.current?.querySelector<HTMLElement>(noReason ? 'textarea' : 'input')?.focus();
      return;
    }
    // A code counts once, so a used one is cleared. It stays if nobody knows whether it arrived: the same request goes again.
    const stated = { reason: reason.trim(), ...(byCode && totp ? { totp } : {}) };
    const outcome = await officer.run(stated);
    if (outcome === 'no-answer') return;
    if (outcome === 'done') setReason('');
    setCode('');
    setTried(false);
  };

  return (
    <Stack component="form" noValidate spacing={2.5} ref={form} onSubmit={(event) => void send(event)}>
      {problem && (
        <Alert severity="error" role="alert">
          {problem}
        </Alert>
      )}
      <Box component="output" sx={{ display: answer ? 'block' : 'none' }}>
        {answer && (
          <Alert severity="success" role="none">
            {answer.message}
          </Alert>
        )}
      </Box>
      {shut === undefined && (
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
          {byCode ? (
            <TotpField
              id={`${name}-totp`}
              label={say('officers.totp')}
              hint={say(hasKey ? 'officers.totpHint' : 'officers.totpNoKey')}
              {...(tried && !totp ? { problem: say('officers.totpMissing') } : {})}
              value={code}
              onChange={setCode}
            />
          ) : (
            <Typography color="textSecondary">{say('officers.byKey')}</Typography>
          )}
          {!needsKey && hasKey && (
            <div>
              <Button size="small" onClick={() => setNoKeyHere(!noKeyHere)}>
                {say(noKeyHere ? 'officers.useKey' : 'officers.useCode')}
              </Button>
            </div>
          )}
        </>
      )}
      <div>
        <Button
          type="submit"
          variant="contained"
          size="large"
          color={color}
          disabled={working || shut !== undefined || hasKey === undefined}
          aria-describedby={shut ? `${name}-why-not` : undefined}
        >
          {working ? say('word.working') : submit}
        </Button>
        {shut && <FormHelperText id={`${name}-why-not`}>{shut}</FormHelperText>}
      </div>
    </Stack>
  );
}
