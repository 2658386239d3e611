import { Button, Stack } from '@mui/material';
import { useState, type SubmitEvent } from 'react';
import { readTotp } from '../frame/totp.ts';
import { TotpField } from '../frame/totp-field.tsx';
import { useSay } from '../say.ts';
import { useFocusFirst } from './focus-first.ts';

/** Step two: the code that proves who typed the password. */
export function FactorForm({ onSubmit, onAgain }: { onSubmit: (totp: string) => Promise<void>; onAgain: () => void }) {
  const say = useSay();
  const first = useFocusFirst<HTMLInputElement>();
  const [code, setCode] = useState('');
  const [tried, setTried] = useState(false);
  const [working, setWorking] = useState(false);
  const totp = readTotp(code);

  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setTried(true);
    if (!totp) {
      document.getElementById('totp')?.focus();
      return;
    }
    setWorking(true);
    await onSubmit(totp);
    setCode('');
    setTried(false);
    setWorking(false);
  };

  return (
    <Stack component="form" noValidate spacing={2.5} onSubmit={(event) => void submit(event)}>
      <TotpField
        label={say('signIn.code')}
        hint={say('signIn.codeHint')}
        {...(tried && !totp ? { problem: say('signIn.codeMissing') } : {})}
        value={code}
        onChange={setCode}
        inputRef={first}
      />
      <Button type="submit" variant="contained" size="large" disabled={working}>
        {say(working ? 'word.working' : 'signIn.finish')}
      </Button>
      <Button onClick={onAgain}>{say('signIn.again')}</Button>
    </Stack>
  );
}
