import { Alert, Button, Stack } from '@mui/material';
import { useState, type SubmitEvent } from 'react';
import type { TypedDelegation } from '#domain/delegation.ts';
import { readTotp } from '../frame/totp.ts';
import { TotpField } from '../frame/totp-field.tsx';
import { useDeed } from '../keys/use-deed.ts';
import { useHasKey } from '../keys/use-has-key.ts';
import { useConsoleData } from '../provider/use-console-data.ts';
import { useSay } from '../say.ts';
import { confirmDeed, TOUCHED } from './confirm-deed.ts';
import { DelegationFields } from './delegation-fields.tsx';
import { EMPTY, missingIn, typedDelegation, type Filled } from './typed-delegation.ts';

/** To whom, how long, about what; then the person's key, or a code when they have none. */
export function DelegateForm({ onMade }: { onMade: () => void }) {
  const say = useSay();
  const data = useConsoleData();
  const hasKey = useHasKey();
  const [filled, setFilled] = useState(EMPTY);
  const [code, setCode] = useState('');
  const [tried, setTried] = useState(false);
  const totp = readTotp(code);
  const missing = { ...missingIn(filled), totp: hasKey === false && !totp };
  const set = (change: Partial<Filled>) => setFilled((before) => ({ ...before, ...change }));
  const { run, working, problem } = useDeed({
    confirm: async ({ typed, totp }: { typed: TypedDelegation; totp: string | undefined }) => ({
      ...typed,
      by: await confirmDeed(data, { make: typed }, totp),
    }),
    send: data.makeDelegation,
    touches: TOUCHED,
  });

  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setTried(true);
    const first = missing.to ? 'delegate' : missing.days ? 'first-day' : missing.some ? 'groups' : missing.totp ? 'totp' : undefined;
    if (first) {
      document.getElementById(first)?.focus();
      return;
    }
    const outcome = await run({ typed: typedDelegation(filled), totp: hasKey ? undefined : totp });
    setCode('');
    setTried(false);
    if (outcome !== 'done') return;
    setFilled(EMPTY);
    onMade();
  };

  return (
    <Stack component="form" noValidate spacing={2.5} onSubmit={(event) => void submit(event)}>
      {problem && (
        <Alert severity="error" role="alert">
          {problem}
        </Alert>
      )}
      <DelegationFields whose="own" filled={filled} onChange={set} missing={tried ? missing : undefined} />
      {hasKey === false && (
        <TotpField
          label={say('signIn.code')}
          hint={say('delegations.codeHint')}
          {...(tried && missing.totp ? { problem: say('signIn.codeMissing') } : {})}
          value={code}
          onChange={setCode}
        />
      )}
      <Button type="submit" variant="contained" size="large" disabled={working || hasKey === undefined}>
        {say(working ? 'word.working' : 'delegations.submit')}
      </Button>
    </Stack>
  );
}
