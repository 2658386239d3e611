import { Alert, Typography } from '@mui/material';
import type { ResetDetail } from '../records.ts';
import { useSay } from '../say.ts';
import { Moment } from '../time/moment.tsx';

/** Which security officer locked a reset, when and why. */
export function Locked({ lock }: { lock: NonNullable<ResetDetail['lock']> }) {
  const say = useSay();
  return (
    <Alert severity="warning" role="none">
      <strong>
        {say('officers.lock.by', { name: lock.by })}
        <Moment at={lock.at} />
      </strong>
      {lock.reason && (
        <Typography variant="body2" sx={{ overflowWrap: 'anywhere' }}>
          {say('officers.lock.reason', { reason: lock.reason })}
        </Typography>
      )}
    </Alert>
  );
}
