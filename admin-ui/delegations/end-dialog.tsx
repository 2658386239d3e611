import { Alert, Button, Dialog, DialogActions, DialogContent, DialogTitle, Stack, Typography } from '@mui/material';
import { useState } from 'react';
import { readTotp } from '../frame/totp.ts';
import { TotpField } from '../frame/totp-field.tsx';
import { useDeed } from '../keys/use-deed.ts';
import { useHasKey } from '../keys/use-has-key.ts';
import { useConsoleData } from '../provider/use-console-data.ts';
import type { Delegation } from '../records.ts';
import { useSay } from '../say.ts';
import { confirmDeed, TOUCHED } from './confirm-deed.ts';

type EndDialogProps = { ending: Delegation; which: 'mine' | 'toMe'; onClose: () => void; onEnded: () => void };

/** Asks once more, and for the person's key or code. */
export function EndDialog({ ending, which, onClose, onEnded }: EndDialogProps) {
  const say = useSay();
  const data = useConsoleData();
  const hasKey = useHasKey();
  const [code, setCode] = useState('');
  const totp = readTotp(code);
  const { run, working, problem } = useDeed({
    confirm: async (totp: string | undefined) => ({ by: await confirmDeed(data, { end: ending.id }, totp) }),
    send: (confirmed, key) => data.endDelegation(ending.id, confirmed, key),
    touches: TOUCHED,
  });
  return (
    <Dialog open onClose={onClose} aria-labelledby="end-title">
      <DialogTitle id="end-title">{say('delegations.endAsk')}</DialogTitle>
      <DialogContent>
        <Stack spacing={2}>
          {problem && (
            <Alert severity="error" role="alert">
              {problem}
            </Alert>
          )}
          <Typography>{say('delegations.endTeach')}</Typography>
          {hasKey === false && <TotpField label={say('signIn.code')} hint={say('signIn.codeHint')} value={code} onChange={setCode} />}
        </Stack>
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>{say('delegations.keep')}</Button>
        <Button
          variant="contained"
          color="error"
          disabled={working || hasKey === undefined || (!hasKey && !totp)}
          onClick={() => void run(hasKey ? undefined : totp).then((outcome) => (outcome === 'done' ? onEnded() : setCode('')))}
        >
          {say(working ? 'word.working' : which === 'mine' ? 'delegations.withdraw' : 'delegations.decline')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
