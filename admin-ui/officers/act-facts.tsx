import { Box, Typography } from '@mui/material';
import type { JointAct } from '../records.ts';
import { useSay } from '../say.ts';
import { inWords, useZone } from '../time/time-zone.ts';
import { CampaignFacts } from '../campaigns/campaign-facts.tsx';
import { actInWords } from './act-in-words.ts';
import { Moment } from '../time/moment.tsx';

/** One act: what, who proposed and who confirmed it, when and why. */
export function ActFacts({ act }: { act: JointAct }) {
  const say = useSay();
  return (
    <Box>
      <Typography component="h3" variant="h3">
        {actInWords(act, say)}
      </Typography>
      <Typography color="textSecondary">
        {say('officers.proposedBy', { name: act.proposer })}
        <Moment at={act.proposedAt} />
      </Typography>
      {'delegate' in act.deed && <DelegatedFor act={act} deed={act.deed} />}
      {'campaign' in act.deed && <CampaignFacts act={act} deed={act.deed} />}
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

type Delegated = Extract<JointAct['deed'], { delegate: unknown }>;

/** From whom to whom, as it was typed and as the directory has it, how long and about what. */
function DelegatedFor({ act: { names }, deed: { delegate } }: { act: JointAct; deed: Delegated }) {
  const say = useSay();
  const [zone] = useZone();
  const { from, to, since, until } = delegate;
  return (
    <Box sx={{ overflowWrap: 'anywhere' }}>
      <Typography>{say('officers.away', { name: names?.from ?? '', account: from })}</Typography>
      <Typography>{say('officers.standIn', { name: names?.to ?? '', account: to })}</Typography>
      <Typography>
        {names && names.scope.length > 0 ? say('delegations.about', { names: names.scope.join('; ') }) : say('delegations.everything.toMe')}
      </Typography>
      <Typography color="textSecondary">
        {say('delegations.between', { since: inWords(since, zone), until: inWords(until, zone) })}
      </Typography>
    </Box>
  );
}
