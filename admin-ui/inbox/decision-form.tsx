import {
  Alert,
  Box,
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
import { useQuery } from '@tanstack/react-query';
import { useRef, useState, type SubmitEvent } from 'react';
import { readTotp } from '../frame/totp.ts';
import { TotpField } from '../frame/totp-field.tsx';
import { useKeys, useShortcuts } from '../frame/use-shortcuts.ts';
import { Waiting } from '../frame/waiting.tsx';
import { useConsoleData } from '../provider/use-console-data.ts';
import type { Approval } from '../records.ts';
import { useSay, type Word } from '../say.ts';
import { CardSigning } from './card-signing.tsx';
import { InPlaceOf } from './in-place-of.tsx';
import { NotYours } from './not-yours.tsx';
import { Recorded } from './recorded.tsx';
import { NoKeyYet } from './no-key-yet.tsx';
import { useDecide, type Decision, type Outcome } from './use-decide.ts';
import { WhatIsSigned } from './what-is-signed.tsx';

/**
 * Approve or deny, with a reason, signed with the person's key or, where the rule takes that, by a fresh code. Nothing is
 * shown as decided before the server says so, and neither answer is preselected or the one that Enter gives. `onOutcome`: whoever
 * shows several is told what came of each try.
 */
export function DecisionForm({ approval, onOutcome }: { approval: Approval; onOutcome?: (outcome: Outcome) => void }) {
  const say = useSay();
  const data = useConsoleData();
  const { data: keys } = useQuery({ queryKey: ['passkeys'], queryFn: ({ signal }) => data.keys(signal), retry: false });
  const { decide, state } = useDecide(approval);
  const [decision, setDecision] = useState<Decision['decision']>();
  const [reason, setReason] = useState('');
  const [withCode, setWithCode] = useState(false);
  const [withCard, setWithCard] = useState(false);
  const [code, setCode] = useState('');
  const [tried, setTried] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const [shortcuts] = useShortcuts();
  // Only chosen: what is sent stays a deed of its own, and what is next to do gets the focus.
  const choose = (chosen: Decision['decision']) => {
    if (!form.current) return false;
    setDecision(chosen);
    form.current.querySelector<HTMLElement>('textarea')?.focus();
    return true;
  };
  useKeys(shortcuts, { a: () => choose('approve'), d: () => choose('deny') });
  const takesCode = approval.methods.includes('totp');
  const takesCard = approval.methods.includes('smart-card');
  const byCard = takesCard && withCard;
  const byCode = takesCode && withCode && !byCard;
  const totp = readTotp(code);
  const missing = { decision: !decision, reason: reason.trim() === '', totp: byCode && !totp };

  const behalf = approval.inPlaceOf ? { delegation: approval.inPlaceOf.delegation } : {};
  const stated = { reason: reason.trim(), ...behalf };

  if (state.recorded) return <Recorded approval={approval} message={state.recorded.message} />;
  // A vote whose answer was lost may have closed this very approval: the form stays, so that the same can be sent again.
  const underway = state.working || state.unanswered;
  if (!underway && approval.state !== 'waiting')
    return (
      <Typography>
        {say('decision.over', { state: say(approval.state === 'not-reached' ? 'approval.undecided' : `approval.${approval.state}`) })}
      </Typography>
    );
  if (!underway && !approval.mayDecide) return <NotYours whyNot={approval.whyNot} />;
  if (!keys) return <Waiting />;
  if (keys.length === 0 && !byCode && !byCard)
    return (
      <Stack spacing={2}>
        <NoKeyYet approval={approval.id} />
        {takesCode && <Button onClick={() => setWithCode(true)}>{say('decision.useCode')}</Button>}
        {takesCard && <Button onClick={() => setWithCard(true)}>{say('decision.useCard')}</Button>}
      </Stack>
    );

  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setTried(true);
    if (!decision || missing.totp || missing.reason) {
      form.current?.querySelector<HTMLElement>(missing.decision ? 'input[type=radio]' : missing.reason ? 'textarea' : '#totp')?.focus();
      return;
    }
    // A code counts once, so a used one is cleared. It stays if nobody knows whether it arrived: the same request goes again.
    const confirmed = byCode && totp ? { totp } : {};
    const outcome = await decide({ ...stated, decision, ...confirmed });
    onOutcome?.(outcome);
    if (outcome.kind === 'no-answer') return;
    setCode('');
    setTried(false);
  };

  return (
    <Stack component="form" noValidate spacing={2.5} ref={form} onSubmit={(event) => void submit(event)}>
      {state.problem && (
        <Alert severity="error" role="alert">
          {state.problem}
        </Alert>
      )}
      {approval.inPlaceOf && <InPlaceOf {...approval.inPlaceOf} />}
      <FormControl error={tried && missing.decision} required>
        <FormLabel id="decision-label" required={false}>
          {say('decision.choose')}
        </FormLabel>
        <RadioGroup
          aria-labelledby="decision-label"
          name="decision"
          value={decision ?? ''}
          onChange={(_, value) => setDecision(value === 'approve' ? 'approve' : 'deny')}
        >
          <Choice value="approve" label={say('decision.approve')} hint={say(`decision.approveHint.${approval.operation}`)} />
          <Choice value="deny" label={say('decision.deny')} hint={say('decision.denyHint')} />
        </RadioGroup>
        {tried && missing.decision && <FormHelperText>{say('decision.chooseMissing')}</FormHelperText>}
      </FormControl>
      <TextField
        id="reason"
        label={say('decision.reason')}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
        multiline
        minRows={2}

        error={tried && missing.reason}
        helperText={say(tried && missing.reason ? 'decision.reasonMissing' : 'decision.reasonHint')}
        slotProps={{ htmlInput: { maxLength: 1000, 'aria-required': true } }}
      />
      {byCode ? (
        <TotpField
          label={say('decision.totp')}
          hint={say('decision.totpHint')}
          {...(tried && missing.totp ? { problem: say('decision.totpMissing') } : {})}
          value={code}
          onChange={setCode}
        />
      ) : (
        <WhatIsSigned lines={approval.shown} />
      )}
      {byCard && decision && !missing.reason && (
        <CardSigning
          key={`${decision} ${stated.reason}`}
          approval={approval}
          stated={{ ...stated, decision }}
          working={state.working}
          onSigned={(card) => void decide({ ...stated, decision, card }).then(onOutcome)}
        />
      )}
      {byCard && (!decision || missing.reason) && <Typography>{say('decision.cardFirst')}</Typography>}
      {!byCard && (
        <Button type="submit" variant="contained" size="large" color={decision === 'deny' ? 'error' : 'primary'} disabled={state.working}>
          {say(state.working ? 'word.working' : submitWord(decision, byCode))}
        </Button>
      )}
      {takesCard && (
        <Button onClick={() => setWithCard(!byCard)} disabled={state.working}>
          {say(byCard ? 'decision.useKey' : 'decision.useCard')}
        </Button>
      )}
      {takesCode && !byCard && (
        <Button onClick={() => setWithCode(!byCode)} disabled={state.working}>
          {say(byCode ? 'decision.useKey' : 'decision.useCode')}
        </Button>
      )}
    </Stack>
  );
}

function submitWord(decision: Decision['decision'] | undefined, byCode: boolean): Word {
  if (!decision) return 'decision.submit';
  if (byCode) return decision === 'approve' ? 'decision.codeApprove' : 'decision.codeDeny';
  return decision === 'approve' ? 'decision.signApprove' : 'decision.signDeny';
}

function Choice({ value, label, hint }: { value: string; label: string; hint: string }) {
  return (
    <FormControlLabel
      value={value}
      control={<Radio slotProps={{ input: { 'aria-describedby': `${value}-hint` } }} />}
      sx={{ alignItems: 'flex-start', mt: 1, mr: 0 }}
      label={
        <Box sx={{ pt: 1 }}>
          <Box component="span" sx={{ fontWeight: 650 }}>
            {label}
          </Box>
          <Typography component="span" variant="body2" color="textSecondary" id={`${value}-hint`} sx={{ display: 'block' }}>
            {hint}
          </Typography>
        </Box>
      }
    />
  );
}
