import { Alert, AlertTitle, Button } from '@mui/material';
import { Link } from 'react-router-dom';
import { useSay } from '../say.ts';
import { registerFor } from '../keys/led-from.ts';

/** An approver without a key is led to registering one, before anything is filled in, and from there back to this decision. */
export function NoKeyYet({ approval }: { approval: string }) {
  const say = useSay();
  return (
    <Alert severity="info">
      <AlertTitle>{say('decision.noKey')}</AlertTitle>
      {say('decision.noKeyTeach')}
      <Button component={Link} to={registerFor(approval)} variant="outlined" color="inherit" sx={{ display: 'flex', mt: 1.5 }}>
        {say('decision.noKeyGo')}
      </Button>
    </Alert>
  );
}
