import { Button, Stack, TextField, Typography } from '@mui/material';
import { useState, type SubmitEvent } from 'react';
import { useSay } from '../say.ts';
import { useFocusFirst } from './focus-first.ts';

/** Step one. What was typed goes out of the fields with the answer: nothing stays for the next person at this screen. */
export function PasswordForm({ onSubmit }: { onSubmit: (account: string, password: string) => Promise<void> }) {
  const say = useSay();
  const first = useFocusFirst<HTMLInputElement>();
  const [account, setAccount] = useState('');
  const [password, setPassword] = useState('');
  const [tried, setTried] = useState(false);
  const [working, setWorking] = useState(false);
  const missing = { account: tried && account.trim() === '', password: tried && password === '' };

  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setTried(true);
    if (account.trim() === '' || password === '') {
      document.getElementById(account.trim() === '' ? 'account' : 'password')?.focus();
      return;
    }
    setWorking(true);
    await onSubmit(account.trim(), password);
    setTried(false);
    setPassword('');
    setWorking(false);
  };

  return (
    <Stack component="form" noValidate spacing={2.5} onSubmit={(event) => void submit(event)}>
      <TextField
        id="account"
        label={say('signIn.account')}
        value={account}
        onChange={(event) => setAccount(event.target.value)}
        error={missing.account}
        helperText={say(missing.account ? 'signIn.accountMissing' : 'signIn.accountHint')}
        inputRef={first}
        slotProps={{
          htmlInput: { autoComplete: 'username', autoCapitalize: 'none', spellCheck: false, maxLength: 256, 'aria-required': true },
        }}
      />
      <TextField
        id="password"
        type="password"
        label={say('signIn.password')}
        value={password}
        onChange={(event) => setPassword(event.target.value)}
        error={missing.password}
        helperText={missing.password ? say('signIn.passwordMissing') : ' '}
        slotProps={{ htmlInput: { autoComplete: 'current-password', maxLength: 256, 'aria-required': true } }}
      />
      <Button type="submit" variant="contained" size="large" disabled={working}>
        {say(working ? 'word.working' : 'signIn.next')}
      </Button>
      <Typography variant="body2" color="textSecondary">
        {say('signIn.forgotten')}
      </Typography>
    </Stack>
  );
}
