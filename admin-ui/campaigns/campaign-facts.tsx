import { Box, Typography } from '@mui/material';
import type { JointAct } from '../records.ts';
import { useSay } from '../say.ts';
import { Moment } from '../time/moment.tsx';

type Asked = Extract<JointAct['deed'], { campaign: unknown }>;

/** Whom a proposed campaign is about and until when: what the second person signs. */
export function CampaignFacts({ act: { people }, deed: { campaign, covers } }: { act: JointAct; deed: Asked }) {
  const say = useSay();
  const names = people?.names.join('; ') ?? '';
  return (
    <Box sx={{ overflowWrap: 'anywhere' }}>
      <Typography>{covers.unit === '' ? say('campaigns.everywhere') : say('campaigns.in', { unit: covers.unit })}</Typography>
      {campaign.group !== '' && <Typography>{say('campaigns.inGroup', { group: campaign.group })}</Typography>}
      <Typography>{say(`campaigns.whomOf.${campaign.whom}`)}</Typography>
      {people && <Typography>{say('campaigns.about', { people: people.people })}</Typography>}
      {people && (
        <Typography color="textSecondary">{people.people > people.names.length ? say('campaigns.someOf', { names }) : names}</Typography>
      )}
      <Typography>
        {say('campaigns.until')}
        <Moment at={campaign.until} />
      </Typography>
    </Box>
  );
}
