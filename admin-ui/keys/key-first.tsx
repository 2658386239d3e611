import { Alert, AlertTitle, Button } from '@mui/material';
import { Link } from 'react-router-dom';
import { useSay } from '../say.ts';

/** Somebody who signs and has no key yet is led to registering one, before anything is filled in. */
export function KeyFirst() {
  const say = useSay();
  return (
    <Alert severity="info">
      <AlertTitle>{say('keys.first')}</AlertTitle>
      {say('keys.firstTeach')}
      <Button component={Link} to="/security-keys" variant="outlined" color="inherit" sx={{ display: 'flex', mt: 1.5 }}>
        {say('decision.noKeyGo')}
      </Button>
    </Alert>
  );
}
