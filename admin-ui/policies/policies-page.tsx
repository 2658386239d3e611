import { Box, Link as TextLink, Stack, Typography } from '@mui/material';
import { useState } from 'react';
import { usePermissions } from 'react-admin';
import { Link, useNavigate } from 'react-router-dom';
import { Unreadable } from '../frame/dead-ends.tsx';
import { Gate } from '../frame/gate.tsx';
import { Page } from '../frame/page.tsx';
import { Section } from '../frame/section.tsx';
import { Waiting } from '../frame/waiting.tsx';
import type { Role } from '../records.ts';
import { useSay } from '../say.ts';
import { ADDRESSES } from '../session/grants.ts';
import { useVersion, useVersions } from './use-policy.ts';
import { VersionFacts } from './version-facts.tsx';
import { WriteForm } from './write-form.tsx';

/** Every version of the policy, and the place where the next one is written. */
export function PoliciesPage() {
  return (
    <Gate page="policies">
      <Versions />
    </Gate>
  );
}

function Versions() {
  const say = useSay();
  const { permissions } = usePermissions<Role[]>();
  const { data: versions, error, refetch } = useVersions();
  if (error && !versions) return <Unreadable error={error} page="policies" onRetry={() => void refetch()} />;
  if (!versions)
    return (
      <Page title={say('page.policies')}>
        <Waiting />
      </Page>
    );
  return (
    <Page title={say('page.policies')} lead={say('policies.lead')}>
      <Box sx={{ display: 'grid', gap: 3 }}>
        <Section title={say('policies.versions')}>
          <Stack component="ul" spacing={1.5} sx={{ listStyle: 'none', m: 0, p: 0 }}>
            {versions.map((version) => (
              <Box component="li" key={version.sha256}>
                <TextLink component={Link} to={`${ADDRESSES.policies}/${version.sha256}`} sx={{ fontWeight: 650 }}>
                  {version.name}
                </TextLink>
                <Typography component="div">
                  <VersionFacts version={version} />
                </Typography>
              </Box>
            ))}
          </Stack>
        </Section>
        {permissions?.includes('administrator') && (
          <Section title={say('policies.write')}>
            <Write inForce={versions.find(({ inForce }) => inForce)?.sha256} />
          </Section>
        )}
      </Box>
    </Page>
  );
}

function Write({ inForce }: { inForce: string | undefined }) {
  const navigate = useNavigate();
  const { data: current } = useVersion(inForce);
  const [began] = useState(() => Date.now());
  if (inForce !== undefined && !current) return <Waiting />;
  return <WriteForm key={began} begin={current?.text ?? ''} onKept={(sha256) => void navigate(`${ADDRESSES.policies}/${sha256}`)} />;
}
