import { Typography } from '@mui/material';
import { useState } from 'react';
import { usePermissions } from 'react-admin';
import { useParams } from 'react-router-dom';
import { Unreadable } from '../frame/dead-ends.tsx';
import { Gate } from '../frame/gate.tsx';
import { Page } from '../frame/page.tsx';
import { Section } from '../frame/section.tsx';
import { Waiting } from '../frame/waiting.tsx';
import type { CampaignShown, Letters, Role } from '../records.ts';
import { useSay } from '../say.ts';
import { Moment } from '../time/moment.tsx';
import { CloseCampaign } from './close-campaign.tsx';
import { LetterSheets } from './letter-sheets.tsx';
import { LettersForm } from './letters-form.tsx';
import { PersonTable } from './person-table.tsx';
import { UnitTable } from './unit-table.tsx';
import { useCampaign } from './use-campaigns.ts';

/** One campaign: who has what, who used their letter; its letters, one of them anew, and its end. */
export function CampaignPage() {
  return (
    <Gate page="campaigns">
      <One />
    </Gate>
  );
}

function One() {
  const say = useSay();
  const { id = '' } = useParams();
  const { data: campaign, error, refetch } = useCampaign(id);
  // Nowhere else than here, and gone with the page: no query of the console keeps what stands on a letter.
  const [letters, setLetters] = useState<Letters>();
  if (letters) return <LetterSheets letters={letters} onGone={() => setLetters(undefined)} />;
  if (error && !campaign) return <Unreadable error={error} page="campaigns" onRetry={() => void refetch()} />;
  if (!campaign)
    return (
      <Page title={say('page.campaign')}>
        <Waiting />
      </Page>
    );
  return <Whole campaign={campaign} onLetters={setLetters} />;
}

function Whole({ campaign, onLetters }: { campaign: CampaignShown; onLetters: (made: Letters) => void }) {
  const say = useSay();
  const { permissions } = usePermissions<Role[]>();
  const [anew, setAnew] = useState<string>();
  const may = (permissions ?? []).some((role) => role === 'administrator' || role === 'security-officer');
  const runs = campaign.state === 'approved' || campaign.state === 'printed';
  const { used, people, without } = campaign;
  const person = campaign.persons.find(({ account }) => account === anew);
  return (
    <Page
      title={campaign.name}
      lead={
        <>
          {say(`campaigns.state.${campaign.state}`)}. {say('campaigns.until')}
          <Moment at={campaign.until} />
        </>
      }
    >
      {runs && may && campaign.state === 'approved' && (
        <Section title={say('campaigns.letters.title')}>
          <Typography sx={{ mb: 2 }}>{say('campaigns.letters.lead')}</Typography>
          <LettersForm campaign={campaign} onMade={onLetters} />
        </Section>
      )}
      <Section title={say('campaigns.units')}>
        <Typography>{say('campaigns.counts', { used, people, without })}</Typography>
        <Typography color="textSecondary" sx={{ mb: 1 }}>
          {say('campaigns.unitsHint')}
        </Typography>
        <UnitTable units={campaign.units} />
      </Section>
      {person && runs && (
        <Section title={say('campaigns.letters.anewTitle')}>
          <LettersForm key={person.account} campaign={campaign} of={person} onMade={onLetters} onCancel={() => setAnew(undefined)} />
        </Section>
      )}
      <Section title={say('campaigns.persons')}>
        <PersonTable
          persons={campaign.persons}
          onAnew={campaign.mine && may && campaign.state === 'printed' ? (account) => setAnew(account) : undefined}
        />
      </Section>
      {runs && may && <CloseCampaign campaign={campaign} />}
    </Page>
  );
}
