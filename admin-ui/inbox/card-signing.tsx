import { Alert, Button, Stack, TextField, Typography } from '@mui/material';
import { useMutation } from '@tanstack/react-query';
import { useState, type ChangeEvent } from 'react';
import { problemOf } from '../provider/request.ts';
import type { Stated } from '../provider/data-provider.ts';
import { useConsoleData } from '../provider/use-console-data.ts';
import type { Approval } from '../records.ts';
import { useSay } from '../say.ts';
import { NotWhatWasShown } from './sign-decision.ts';
import { beginWithCard, readSigned } from './card-file.ts';

interface CardSigningProps {
  approval: Approval;
  stated: Stated;
  working: boolean;
  onSigned: (card: object) => void;
}

/**
 * A decision by smart card: no browser lets a page ask a card to sign a text. So the page gives a file, another program shows it and asks the card, and
 * what it made comes back here. The digest stands on both screens.
 */
export function CardSigning({ approval, stated, working, onSigned }: CardSigningProps) {
  const say = useSay();
  const data = useConsoleData();
  const [given, setGiven] = useState('');
  const [tried, setTried] = useState(false);
  const begin = useMutation({
    mutationFn: async () => beginWithCard(approval, stated, await data.beginDecision(approval.id, stated, 'smart-card')),
  });
  const begun = begin.data;
  const signed = begun && readSigned(given, begun);

  if (!begun)
    return (
      <Stack spacing={2}>
        {begin.error && (
          <Alert severity="error" role="alert">
            {begin.error instanceof NotWhatWasShown
              ? say('decision.notWhatYouSaw')
              : (problemOf(begin.error).detail ?? say('problem.generic'))}
          </Alert>
        )}
        <Typography>{say('decision.cardTeach')}</Typography>
        <Button variant="contained" size="large" disabled={begin.isPending} onClick={() => begin.mutate()}>
          {say('decision.cardBegin')}
        </Button>
      </Stack>
    );

  const take = async ({ target }: ChangeEvent<HTMLInputElement>) => setGiven((await target.files?.[0]?.text()) ?? '');
  return (
    <Stack spacing={2} component="section" aria-label={say('decision.cardTitle')}>
      <Typography>
        {say('decision.cardDigest')} <b>{begun.digest}</b>
      </Typography>
      <Button
        component="a"
        variant="outlined"
        href={`data:application/json;charset=utf-8,${encodeURIComponent(begun.file)}`}
        download={begun.name}
      >
        {say('decision.cardFile')}
      </Button>
      <Typography>
        {say('decision.cardRun')} <code>countersign sign {begun.name}</code>
      </Typography>
      <Button component="label" variant="outlined">
        {say('decision.cardTake')}
        <input type="file" accept=".signed,application/json" hidden onChange={(event) => void take(event)} />
      </Button>
      <TextField
        id="card-signed"
        label={say('decision.cardPaste')}
        value={given}
        onChange={(event) => setGiven(event.target.value)}
        multiline
        minRows={2}
        maxRows={6}
        error={tried && !signed}
        helperText={tried && !signed ? say('decision.cardNotThis') : say('decision.cardPasteHint')}
      />
      <Button
        variant="contained"
        size="large"
        color={stated.decision === 'deny' ? 'error' : 'primary'}
        disabled={working}
        onClick={() => (signed ? onSigned(signed) : setTried(true))}
      >
        {say(working ? 'word.working' : stated.decision === 'deny' ? 'decision.cardDeny' : 'decision.cardApprove')}
      </Button>
    </Stack>
  );
}
