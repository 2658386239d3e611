import {
  Alert,
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
import type { RegistrationResponseJSON } from '@simplewebauthn/browser';
import { useRef, useState, type SubmitEvent } from 'react';
import { readTotp } from '../frame/totp.ts';
import { TotpField } from '../frame/totp-field.tsx';
import { problemOf } from '../provider/request.ts';
import { useConsoleData } from '../provider/use-console-data.ts';
import type { KeyCeremony } from '../records.ts';
import { useSay } from '../say.ts';
import { makeKey, signAdded } from './use-a-key.ts';
import { useDeed } from './use-deed.ts';

type Made = { ceremony: KeyCeremony; registration: RegistrationResponseJSON };
type Asked = { name: string; codes: { totp: string; recoveryCode: string } | undefined };

/** Refusals after which the answer of the new key is still good: only what confirms it was wrong. */
const CONFIRM_AGAIN: readonly unknown[] = ['codes-not-accepted'];

/** A name, how to confirm, and the key itself. The key is touched once, also when a code has to be typed again. */
export function AddKeyForm({ hasKeys, onRegistered }: { hasKeys: boolean; onRegistered: () => void }) {
  const say = useSay();
  const data = useConsoleData();
  const made = useRef<Made>(undefined);
  const [isMade, setIsMade] = useState(false);
  const [name, setName] = useState('');
  const [way, setWay] = useState<'key' | 'codes'>('key');
  const [code, setCode] = useState('');
  const [recoveryCode, setRecoveryCode] = useState('');
  const [tried, setTried] = useState(false);
  const byCodes = !hasKeys || way === 'codes';
  const totp = readTotp(code);
  const missing = { name: name.trim() === '', totp: byCodes && !totp, recovery: byCodes && recoveryCode.trim() === '' };
  const keep = (now: Made | undefined) => {
    made.current = now;
    setIsMade(now !== undefined);
  };

  const { run, working, problem } = useDeed({
    confirm: async ({ name, codes }: Asked) => {
      if (!made.current) {
        const ceremony = await data.beginKey('add');
        keep({ ceremony, registration: await makeKey(ceremony) });
      }
      const { ceremony, registration } = made.current as Made; // just made
      const by = codes ?? { assertion: await forgetting(signAdded(ceremony, registration, name)) };
      return { ceremony: ceremony.ceremony, name, registration, by };
    },
    send: async (added, key) => {
      await forgetting(data.addKey(added, key));
      keep(undefined);
    },
    touches: ['passkeys'],
  });
  /** Whatever went wrong but the codes, the key has to be touched anew. */
  const forgetting = <T,>(step: Promise<T>): Promise<T> =>
    step.catch((error: unknown) => {
      if (!CONFIRM_AGAIN.includes(problemOf(error).code)) keep(undefined);
      throw error;
    });

  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setTried(true);
    const first = missing.name ? 'key-name' : missing.totp ? 'totp' : missing.recovery ? 'recovery-code' : undefined;
    if (first) {
      document.getElementById(first)?.focus();
      return;
    }
    const codes = byCodes && totp ? { totp, recoveryCode: recoveryCode.trim() } : undefined;
    const outcome = await run({ name: name.trim().normalize('NFC'), codes });
    setCode('');
    setTried(false);
    if (outcome !== 'done') return;
    setName('');
    setRecoveryCode('');
    setWay('key');
    onRegistered();
  };

  return (
    <Stack component="form" noValidate spacing={2.5} onSubmit={(event) => void submit(event)}>
      {problem && (
        <Alert severity="error" role="alert">
          {problem}
        </Alert>
      )}
      {isMade && <Typography>{say('keys.again')}</Typography>}
      <TextField
        id="key-name"
        label={say('keys.name')}
        value={name}
        onChange={(event) => setName(event.target.value)}
        error={tried && missing.name}
        helperText={say(tried && missing.name ? 'keys.nameMissing' : 'keys.nameHint')}
        slotProps={{ htmlInput: { autoComplete: 'off', maxLength: 64, 'aria-required': true } }}
      />
      {hasKeys ? (
        <FormControl>
          <FormLabel id="way-label">{say('keys.way')}</FormLabel>
          <RadioGroup aria-labelledby="way-label" value={way} onChange={(_, value) => setWay(value === 'codes' ? 'codes' : 'key')}>
            <FormControlLabel value="key" control={<Radio />} label={say('keys.byKey')} />
            <FormHelperText sx={{ mt: 0, ml: 4 }}>{say('keys.byKeyHint')}</FormHelperText>
            <FormControlLabel value="codes" control={<Radio />} label={say('keys.byCodes')} />
            <FormHelperText sx={{ mt: 0, ml: 4 }}>{say('keys.byCodesHint')}</FormHelperText>
          </RadioGroup>
        </FormControl>
      ) : (
        <Typography>{say('keys.firstCodes')}</Typography>
      )}
      {byCodes && (
        <>
          <TotpField
            label={say('signIn.code')}
            hint={say('signIn.codeHint')}
            {...(tried && missing.totp ? { problem: say('signIn.codeMissing') } : {})}
            value={code}
            onChange={setCode}
          />
          <TextField
            id="recovery-code"
            label={say('keys.recoveryCode')}
            value={recoveryCode}
            onChange={(event) => setRecoveryCode(event.target.value)}
            error={tried && missing.recovery}
            helperText={say(tried && missing.recovery ? 'keys.recoveryMissing' : 'keys.recoveryHint')}
            slotProps={{
              htmlInput: { autoComplete: 'off', autoCapitalize: 'characters', spellCheck: false, maxLength: 64, 'aria-required': true },
            }}
          />
        </>
      )}
      <Button type="submit" variant="contained" size="large" disabled={working}>
        {say(working ? 'word.working' : 'keys.submit')}
      </Button>
    </Stack>
  );
}
