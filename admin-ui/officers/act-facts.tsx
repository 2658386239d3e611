import { Box, Typography } from '@mui/material';
import type { JointAct } from '../records.ts';
import { useSay } from '../say.ts';
import { Moment } from '../time/moment.tsx';

/** One act: what, who proposed and who confirmed it, when and why. */
export function ActFacts({ act }: { act: JointAct }) {
  const say = useSay();
  return (
    <Box>
      <Typography component="h3" variant="h3">
        {say(`officers.act.${act.deed.halts}`)}
      </Typography>
      <Typography color="textSecondary">
        {say('officers.proposedBy', { name: act.proposer })}
        <Moment at={act.proposedAt} />
      </Typography>
      {act.confirmer && act.confirmedAt && (
        <Typography color="textSecondary">
          {say('officers.confirmedBy', { name: act.confirmer })}
          <Moment at={act.confirmedAt} />
        </Typography>
      )}
      {act.state === 'proposed' && (
        <Typography color="textSecondary">
          {say('officers.openUntil')}
          <Moment at={act.expiresAt} />
        </Typography>
      )}
      {act.state === 'expired' && <Typography color="textSecondary">{say('officers.expired')}</Typography>}
      {act.reasons.map((reason) => (
        <Typography key={reason} sx={{ overflowWrap: 'anywhere' }}>
          {say('officers.because', { reason })}
        </Typography>
      ))}
    </Box>
  );
}
