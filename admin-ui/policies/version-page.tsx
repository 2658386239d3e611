import { Box, Button, Stack } from '@mui/material';
import { usePermissions } from 'react-admin';
import { Link, useParams } from 'react-router-dom';
import { Unreadable } from '../frame/dead-ends.tsx';
import { Gate } from '../frame/gate.tsx';
import { Page } from '../frame/page.tsx';
import { Section } from '../frame/section.tsx';
import { Verbatim } from '../frame/verbatim.tsx';
import { Waiting } from '../frame/waiting.tsx';
import type { Role } from '../records.ts';
import { useSay } from '../say.ts';
import { ADDRESSES } from '../session/grants.ts';
import { Affected } from './affected.tsx';
import { Changes } from './changes.tsx';
import { Signing } from './signing.tsx';
import { useComparison } from './use-comparison.ts';
import { useVersion, useVersions } from './use-policy.ts';
import { VersionFacts } from './version-facts.tsx';
import { WhoKnewWhat } from './who-knew-what.tsx';

/** One version: what it changes, the whole of it, and the signature that it still lacks. */
export function VersionPage() {
  return (
    <Gate page="policies">
      <Version sha256={useParams()['sha256'] ?? ''} />
    </Gate>
  );
}

function Version({ sha256 }: { sha256: string }) {
  const say = useSay();
  const { data: version, error, refetch } = useVersion(sha256);
  const { permissions } = usePermissions<Role[]>();
  const comparison = useComparison(sha256);
  const { data: all } = useVersions();
  const { data: current } = useVersion(all?.find(({ inForce }) => inForce)?.sha256);
  if (error && !version) return <Unreadable error={error} page="policies" onRetry={() => void refetch()} />;
  if (!version) return <Waiting />;
  return (
    <Page title={version.name} lead={<VersionFacts version={version} />}>
      <Box sx={{ display: 'grid', gap: 3 }}>
        <Stack direction="row" spacing={1.5} useFlexGap sx={{ flexWrap: 'wrap' }}>
          {permissions?.includes('administrator') && (
            <Button variant="outlined" component={Link} to={`${ADDRESSES.policies}/${sha256}/simulator`}>
              {say('policies.simulator.open')}
            </Button>
          )}
          <Button variant="outlined" component={Link} to={`${ADDRESSES.policies}/${sha256}/calendars`}>
            {say('policies.calendar.open')}
          </Button>
        </Stack>
        {current && !version.inForce && (
          <Section title={say('policies.changes')}>
            <Changes before={current.text} after={version.text} />
          </Section>
        )}
        <Section title={say(version.inForce ? 'policies.affected.titleInForce' : 'policies.affected.title')}>
          <Affected sha256={sha256} isInForce={version.inForce} comparison={comparison} />
        </Section>
        <Section title={say('policies.signatures')}>
          <WhoKnewWhat version={version} />
          <Signing version={version} comparison={comparison.newest?.item ?? undefined} />
        </Section>
        <Section title={say('policies.whole')}>
          <Verbatim text={version.text} label={say('policies.verbatim')} />
        </Section>
        <Box>
          <Button component={Link} to={ADDRESSES.policies}>
            {say('policies.back')}
          </Button>
        </Box>
      </Box>
    </Page>
  );
}
