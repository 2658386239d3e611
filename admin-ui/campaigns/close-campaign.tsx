import { Typography } from '@mui/material';
import { closeCampaignStatement } from '#domain/joint-act.ts';
import { Section } from '../frame/section.tsx';
import { OfficerForm } from '../officers/officer-form.tsx';
import { useOfficer } from '../officers/use-officer.ts';
import { useConsoleData } from '../provider/use-console-data.ts';
import type { CampaignShown } from '../records.ts';
import { useSay } from '../say.ts';

/** Ends a campaign at once; a code is enough for it, since it only takes away. */
export function CloseCampaign({ campaign: { id } }: { campaign: CampaignShown }) {
  const say = useSay();
  const data = useConsoleData();
  const officer = useOfficer({
    begin: (reason) => data.beginCampaignDeed(id, 'close', reason),
    statement: (ceremony, reason) => closeCampaignStatement(ceremony, { campaign: id, reason }),
    send: (confirmed, key) => data.closeCampaign(id, confirmed, key),
  });
  return (
    <Section title={say('campaigns.close.title')}>
      <Typography sx={{ mb: 2 }}>{say('campaigns.close.lead')}</Typography>
      <OfficerForm
        name="close-campaign"
        hint={say('campaigns.close.hint')}
        submit={say('campaigns.close.submit')}
        color="error"
        officer={officer}
      />
    </Section>
  );
}
