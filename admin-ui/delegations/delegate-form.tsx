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
} from '@mui/material';
import { useState, type SubmitEvent } from 'react';
import type { TypedDelegation } from '#domain/delegation.ts';
import { readTotp } from '../frame/totp.ts';
import { TotpField } from '../frame/totp-field.tsx';
import { useDeed } from '../keys/use-deed.ts';
import { useHasKey } from '../keys/use-has-key.ts';
import { useConsoleData } from '../provider/use-console-data.ts';
import { useSay } from '../say.ts';
import { confirmDeed, TOUCHED } from './confirm-deed.ts';
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

  const day = (name: 'first' | 'last', label: string) => (
    <TextField
      id={`${name}-day`}
      type="date"
      label={label}
      value={filled[name]}
      onChange={(event) => set({ [name]: event.target.value })}
      error={tried && missing.days}
      slotProps={{ inputLabel: { shrink: true }, htmlInput: { 'aria-required': true, 'aria-describedby': 'days-hint' } }}
    />
  );
  const list = (name: 'groups' | 'units' | 'accounts', hint: string) => (
    <TextField
      id={name}
      label={say(`delegations.${name}`)}
      value={filled[name]}
      onChange={(event) => set({ [name]: event.target.value })}
      multiline
      helperText={hint}
      slotProps={{ htmlInput: { autoComplete: 'off', spellCheck: false, maxLength: 4000 } }}
    />
  );

  return (
    <Stack component="form" noValidate spacing={2.5} onSubmit={(event) => void submit(event)}>
      {problem && (
        <Alert severity="error" role="alert">
          {problem}
        </Alert>
      )}
      <TextField
        id="delegate"
        label={say('delegations.person')}
        value={filled.to}
        onChange={(event) => set({ to: event.target.value })}
        error={tried && missing.to}
        helperText={say(tried && missing.to ? 'delegations.personMissing' : 'delegations.personHint')}
        slotProps={{ htmlInput: { autoComplete: 'off', autoCapitalize: 'none', spellCheck: false, maxLength: 256, 'aria-required': true } }}
      />
      <FormControl error={tried && missing.days}>
        <Stack direction="row" spacing={2}>
          {day('first', say('delegations.since'))}
          {day('last', say('delegations.until'))}
        </Stack>
        <FormHelperText id="days-hint">{say(tried && missing.days ? 'delegations.daysMissing' : 'delegations.days')}</FormHelperText>
      </FormControl>
      <FormControl>
        <FormLabel id="which-label">{say('delegations.which')}</FormLabel>
        <RadioGroup
          aria-labelledby="which-label"
          value={filled.some ? 'some' : 'all'}
          onChange={(_, value) => set({ some: value === 'some' })}
        >
          <FormControlLabel value="all" control={<Radio />} label={say('delegations.all')} />
          <FormControlLabel value="some" control={<Radio />} label={say('delegations.some')} />
        </RadioGroup>
        {tried && missing.some && <FormHelperText error>{say('delegations.someMissing')}</FormHelperText>}
      </FormControl>
      {filled.some && (
        <>
          {list('groups', say('delegations.lineHint'))}
          {list('units', say('delegations.unitsHint'))}
          {list('accounts', say('delegations.lineHint'))}
        </>
      )}
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
