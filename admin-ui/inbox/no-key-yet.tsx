import { Alert, AlertTitle, Button } from '@mui/material';
import { Link } from 'react-router-dom';
import { useSay } from '../say.ts';

/** An approver without a key is led to registering one, before anything is filled in. */
export function NoKeyYet() {
  const say = useSay();
  return (
    <Alert
      severity="info"
      action={
        <Button component={Link} to="/security-keys" color="inherit">
          {say('decision.noKeyGo')}
        </Button>
      }
    >
      <AlertTitle>{say('decision.noKey')}</AlertTitle>
      {say('decision.noKeyTeach')}
    </Alert>
  );
}
