import {
  Alert,
  Button,
  Checkbox,
  FormControl,
  FormControlLabel,
  FormGroup,
  FormHelperText,
  FormLabel,
  Stack,
  TextField,
} from '@mui/material';
import { useMutation } from '@tanstack/react-query';
import { useRef, useState, type SubmitEvent } from 'react';
import { problemOf } from '../provider/request.ts';
import { useConsoleData } from '../provider/use-console-data.ts';
import { CHECKS, FEWEST_CHECKS, type Check, type IssuedCode } from '../records.ts';
import { useSay } from '../say.ts';

/** Whose code, and what was checked. The button stays shut, and says why, until both are given. */
export function IssueForm({ onIssued }: { onIssued: (issued: IssuedCode) => void }) {
  const say = useSay();
  const data = useConsoleData();
  const [account, setAccount] = useState('');
  const [checked, setChecked] = useState<ReadonlySet<Check>>(new Set());
  const key = useRef<string>(undefined);
  const issue = useMutation({
    mutationFn: () =>
      data.issueCode(
        account.trim(),
        CHECKS.filter((check) => checked.has(check)),
        (key.current ??= crypto.randomUUID()),
      ),
    onSuccess: onIssued,
    // Without an answer the same key goes again, and the same code comes back instead of a second one.
    onSettled: (_, failure) => {
      if (problemOf(failure).status !== 0) key.current = undefined;
    },
    // The answer holds the code: it goes to the page and is kept in no cache.
    gcTime: 0,
  });
  const ready = account.trim() !== '' && checked.size >= FEWEST_CHECKS;

  const tick = (check: Check, ticked: boolean) => {
    const next = new Set(checked);
    if (ticked) next.add(check);
    else next.delete(check);
    setChecked(next);
  };
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (ready && !issue.isPending) issue.mutate();
  };
  const { status, detail } = problemOf(issue.error);

  return (
    <Stack component="form" noValidate spacing={3} onSubmit={submit}>
      {issue.error && (
        <Alert severity="error" role="alert">
          {status === 0 ? say('problem.noAnswer') : (detail ?? say('problem.generic'))}
        </Alert>
      )}
      <TextField
        id="account"
        label={say('helpDesk.account')}
        value={account}
        onChange={(event) => setAccount(event.target.value)}
        helperText={say('helpDesk.accountHint')}
        slotProps={{ htmlInput: { autoComplete: 'off', autoCapitalize: 'none', spellCheck: false, maxLength: 256, 'aria-required': true } }}
      />
      <FormControl component="fieldset">
        <FormLabel component="legend">{say('helpDesk.checked')}</FormLabel>
        <FormHelperText sx={{ mx: 0 }}>{say('helpDesk.checkedHint')}</FormHelperText>
        <FormGroup>
          {CHECKS.map((check) => (
            <FormControlLabel
              key={check}
              control={<Checkbox checked={checked.has(check)} onChange={(_, ticked) => tick(check, ticked)} />}
              label={say(`helpDesk.check.${check}`)}
            />
          ))}
        </FormGroup>
      </FormControl>
      <div>
        <Button
          type="submit"
          variant="contained"
          size="large"
          disabled={!ready || issue.isPending}
          aria-describedby={ready ? undefined : 'not-yet'}
        >
          {say(issue.isPending ? 'word.working' : 'helpDesk.submit')}
        </Button>
        {!ready && <FormHelperText id="not-yet">{say('helpDesk.notYet')}</FormHelperText>}
      </div>
    </Stack>
  );
}
