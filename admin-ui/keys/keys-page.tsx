import { Alert, Box, Button, Typography } from '@mui/material';
import { browserSupportsWebAuthn } from '@simplewebauthn/browser';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useAuthenticated } from 'react-admin';
import { Link, useSearchParams } from 'react-router-dom';
import { Empty } from '../frame/empty.tsx';
import { Page } from '../frame/page.tsx';
import { Section } from '../frame/section.tsx';
import { Waiting } from '../frame/waiting.tsx';
import { useConsoleData } from '../provider/use-console-data.ts';
import { useSay } from '../say.ts';
import { AddKeyForm } from './add-key-form.tsx';
import { KeyList } from './key-list.tsx';
import { ledFrom } from './led-from.ts';

/** The keys of whoever is signed in: those that count, a further one, and the end of one. */
export function KeysPage() {
  useAuthenticated();
  const say = useSay();
  const data = useConsoleData();
  const [asked] = useSearchParams();
  const back = ledFrom(asked.get('for'));
  const [happened, setHappened] = useState<'registered' | 'removed'>();
  const { data: keys, isPending } = useQuery({ queryKey: ['passkeys'], queryFn: ({ signal }) => data.keys(signal), retry: false });
  return (
    <Page title={say('page.keys')} lead={say('keys.lead')}>
      <Box sx={{ maxWidth: 680, display: 'grid', gap: 3 }}>
        <Box component="output">
          {happened && (
            <Alert
              severity="success"
              action={
                back &&
                happened === 'registered' && (
                  <Button component={Link} to={back} color="inherit">
                    {say('decision.noKeyBack')}
                  </Button>
                )
              }
            >
              {say(`keys.${happened}`)}
            </Alert>
          )}
        </Box>
        <Section title={say('keys.yours')}>
          {isPending ? (
            <Waiting />
          ) : keys && keys.length > 0 ? (
            <KeyList keys={keys} onRemoved={() => setHappened('removed')} />
          ) : (
            <Empty title={say('keys.empty')}>{say('keys.emptyTeach')}</Empty>
          )}
        </Section>
        {keys && (
          <Section title={say(keys.length > 0 ? 'keys.addAnother' : 'keys.add')}>
            {browserSupportsWebAuthn() ? (
              <>
                <Typography color="textSecondary" sx={{ mb: 2.5 }}>
                  {say('keys.spare')}
                </Typography>
                <AddKeyForm hasKeys={keys.length > 0} onRegistered={() => setHappened('registered')} />
              </>
            ) : (
              <Typography>{say('keys.unsupported')}</Typography>
            )}
          </Section>
        )}
      </Box>
    </Page>
  );
}
