import { Alert, Box } from '@mui/material';
import { useState } from 'react';
import { Gate } from '../frame/gate.tsx';
import { Page } from '../frame/page.tsx';
import { Section } from '../frame/section.tsx';
import type { IssuedCode } from '../records.ts';
import { useSay } from '../say.ts';
import { IssueForm } from './issue-form.tsx';
import { IssuedCodeCard } from './issued-code-card.tsx';

/**
 * Vouch for a person with a code. The code lives in this component only: leaving the page, or saying that it was handed
 * over, forgets it.
 */
export function HelpDeskPage() {
  const say = useSay();
  const [issued, setIssued] = useState<IssuedCode>();
  return (
    <Gate page="helpDesk">
      <Page title={say('page.helpDesk')} lead={say('helpDesk.lead')}>
        <Box sx={{ maxWidth: 680 }}>
          {issued ? (
            <IssuedCodeCard issued={issued} onHandedOver={() => setIssued(undefined)} />
          ) : (
            <Section title={say('helpDesk.submit')}>
              <IssueForm onIssued={setIssued} />
            </Section>
          )}
          <Alert severity="info" sx={{ mt: 3 }}>
            {say('helpDesk.never')}
          </Alert>
        </Box>
      </Page>
    </Gate>
  );
}
