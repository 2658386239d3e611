import { Alert, Button, Stack } from '@mui/material';
import { useSay } from '../say.ts';

/** The decision that this person cannot take: the button is there, shut, with the reason as the server gives it. */
export function NotYours({ whyNot }: { whyNot: string | null }) {
  const say = useSay();
  return (
    <Stack spacing={2}>
      <Alert severity="warning" id="why-not">
        <strong>{say('decision.cannot')}.</strong> {whyNot}
      </Alert>
      <Button variant="contained" size="large" disabled aria-describedby="why-not">
        {say('decision.submit')}
      </Button>
    </Stack>
  );
}
