import { Alert, Box, Button, Stack, Typography } from '@mui/material';
import { useGetIdentity, usePermissions } from 'react-admin';
import { Link, useParams } from 'react-router-dom';
import { Unreadable } from '../frame/dead-ends.tsx';
import { Gate } from '../frame/gate.tsx';
import { Page } from '../frame/page.tsx';
import { Section } from '../frame/section.tsx';
import { Verbatim } from '../frame/verbatim.tsx';
import { Waiting } from '../frame/waiting.tsx';
import type { PolicyText, Role } from '../records.ts';
import { useSay } from '../say.ts';
import { ADDRESSES } from '../session/grants.ts';
import { Changes } from './changes.tsx';
import { useSign, useVersion, useVersions } from './use-policy.ts';
import { VersionFacts } from './version-facts.tsx';

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
  const { data: all } = useVersions();
  const { data: current } = useVersion(all?.find(({ inForce }) => inForce)?.sha256);
  if (error && !version) return <Unreadable error={error} page="policies" onRetry={() => void refetch()} />;
  if (!version) return <Waiting />;
  return (
    <Page title={version.name} lead={<VersionFacts version={version} />}>
      <Box sx={{ display: 'grid', gap: 3 }}>
        {current && !version.inForce && (
          <Section title={say('policies.changes')}>
            <Changes before={current.text} after={version.text} />
            <Typography color="textSecondary" sx={{ mt: 1.5 }}>
              {say('policies.compare')}
            </Typography>
          </Section>
        )}
        <Signing version={version} />
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

function Signing({ version }: { version: PolicyText }) {
  const say = useSay();
  const { permissions } = usePermissions<Role[]>();
  const { identity } = useGetIdentity();
  const { sign, working, problem, message } = useSign(version.sha256);
  if (!permissions?.includes('administrator')) return null;
  const isOwn = version.draftedBy !== null && version.draftedBy === identity?.id;
  return (
    <Box>
      <Box component="output">
        {message && <Alert severity="success">{message}</Alert>}
        {problem && (
          <Alert severity="error" role="alert">
            {problem}
          </Alert>
        )}
      </Box>
      {version.inForce ? (
        <Typography color="textSecondary">{say('policies.isInForce')}</Typography>
      ) : (
        <Stack direction="row" spacing={1.5} useFlexGap sx={{ mt: 1.5, flexWrap: 'wrap', alignItems: 'center' }}>
          <Button variant="outlined" disabled={working} onClick={() => void sign('draft')}>
            {say('policies.sign.draft')}
          </Button>
          <Button variant="contained" disabled={working || version.draftedBy === null || isOwn} onClick={() => void sign('publish')}>
            {say('policies.sign.publish')}
          </Button>
          {(isOwn || version.draftedBy === null) && (
            <Typography color="textSecondary">{say(isOwn ? 'policies.own' : 'policies.unsigned')}</Typography>
          )}
        </Stack>
      )}
    </Box>
  );
}
