import { REFUSALS, type RefusalCode } from '#domain/refusals.ts';
import { Alert, Button, Stack } from '@mui/material';
import { useSay } from '../say.ts';

/** The decision that this person cannot take: the button is there, shut, with the reason as the server gives it. */
export function NotYours({ whyNot }: { whyNot: RefusalCode | null }) {
  const say = useSay();
  return (
    <Stack spacing={2}>
      <Alert severity="warning" id="why-not">
        <strong>{say('decision.cannot')}.</strong> {whyNot && REFUSALS[whyNot].words}
      </Alert>
      <Button variant="contained" size="large" disabled aria-describedby="why-not">
        {say('decision.submit')}
      </Button>
    </Stack>
  );
}
