import { Box, Link, Stack, Typography } from '@mui/material';
import { Link as RouterLink } from 'react-router-dom';
import { Unreadable } from '../frame/dead-ends.tsx';
import { Gate } from '../frame/gate.tsx';
import { Page } from '../frame/page.tsx';
import { Section } from '../frame/section.tsx';
import { Waiting } from '../frame/waiting.tsx';
import { ConfirmForm } from '../officers/confirm-form.tsx';
import type { CampaignSummary } from '../records.ts';
import { useSay } from '../say.ts';
import { Moment } from '../time/moment.tsx';
import { MakeForm } from './make-form.tsx';
import { useCampaigns } from './use-campaigns.ts';

/** Enrolment campaigns: what waits for a second person, what runs and ran, and a form for a new one. */
export function CampaignsPage() {
  return (
    <Gate page="campaigns">
      <Campaigns />
    </Gate>
  );
}

function Campaigns() {
  const say = useSay();
  const { data, error, refetch } = useCampaigns();
  if (error && !data) return <Unreadable error={error} page="campaigns" onRetry={() => void refetch()} />;
  return (
    <Page title={say('page.campaigns')} lead={say('campaigns.lead')}>
      {!data && <Waiting />}
      {data && (
        <Section title={say('campaigns.open')}>
          {data.open.length === 0 && <Typography color="textSecondary">{say('campaigns.openNone')}</Typography>}
          <Stack spacing={4}>
            {data.open.map((act) => (
              <ConfirmForm key={act.id} act={act} halted="nothing" />
            ))}
          </Stack>
        </Section>
      )}
      {data && (
        <Section title={say('campaigns.all')}>
          {data.campaigns.length === 0 && <Typography color="textSecondary">{say('campaigns.none')}</Typography>}
          <Stack spacing={2.5}>
            {data.campaigns.map((one) => (
              <OneLine key={one.id} campaign={one} />
            ))}
          </Stack>
        </Section>
      )}
      <MakeForm />
    </Page>
  );
}

function OneLine({ campaign }: { campaign: CampaignSummary }) {
  const say = useSay();
  const { id, name, state, until, used, people, without } = campaign;
  return (
    <Box sx={{ overflowWrap: 'anywhere' }}>
      <Typography component="h3" variant="h3">
        <Link component={RouterLink} to={`/campaigns/${id}`}>
          {name}
        </Link>
      </Typography>
      <Typography>{say('campaigns.counts', { used, people, without })}</Typography>
      <Typography color="textSecondary">
        {say(`campaigns.state.${state}`)}. {say('campaigns.until')}
        <Moment at={until} />
      </Typography>
    </Box>
  );
}
