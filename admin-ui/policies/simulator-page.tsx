import { Alert, Box, Button, MenuItem, Stack, TextField, Typography } from '@mui/material';
import { useMutation } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Link, useParams } from 'react-router-dom';
import { parse } from 'yaml';
import { FLAGS, type Flag } from '#domain/circumstances.ts';
import { Unreadable } from '../frame/dead-ends.tsx';
import { Gate } from '../frame/gate.tsx';
import { Page } from '../frame/page.tsx';
import { Section } from '../frame/section.tsx';
import { Waiting } from '../frame/waiting.tsx';
import { problemOf } from '../provider/request.ts';
import { useConsoleData } from '../provider/use-console-data.ts';
import { useSay } from '../say.ts';
import { ADDRESSES } from '../session/grants.ts';
import { Simulated } from './simulated.tsx';
import { useVersion } from './use-policy.ts';

/** One account under one version of the policy, and under circumstances that one chooses. */
export function SimulatorPage() {
  return (
    <Gate page="policies">
      <Simulator sha256={useParams()['sha256'] ?? ''} />
    </Gate>
  );
}

/** As the account is, or one state that it is supposed to be in. */
const STATES = ['', 'none', ...FLAGS] as const;

function Simulator({ sha256 }: { sha256: string }) {
  const say = useSay();
  const data = useConsoleData();
  const { data: version, error, refetch } = useVersion(sha256);
  const networks = useMemo(() => networksOf(version?.text ?? ''), [version?.text]);
  const [account, setAccount] = useState('');
  const [network, setNetwork] = useState('');
  const [at, setAt] = useState('');
  const [state, setState] = useState<(typeof STATES)[number]>('');
  const ask = useMutation({
    mutationFn: (name: string) =>
      data.simulate(sha256, {
        account: name,
        networks: network === '' ? [] : [network],
        ...(at === '' ? {} : { at: `${at}:00Z` }),
        ...(state === '' ? {} : { flags: state === 'none' ? [] : [state satisfies Flag] }),
      }),
    gcTime: 0,
  });
  if (error && !version) return <Unreadable error={error} page="policies" onRetry={() => void refetch()} />;
  if (!version) return <Waiting />;
  const field = { onChange: () => ask.reset() };
  return (
    <Page title={say('policies.simulator.title')} lead={say('policies.simulator.lead', { name: version.name })}>
      <Box sx={{ display: 'grid', gap: 3 }}>
        <Box
          component="form"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            ask.mutate(account);
          }}
          {...field}
        >
          <Stack direction="row" spacing={2} useFlexGap sx={{ flexWrap: 'wrap', alignItems: 'flex-start' }}>
            <TextField
              label={say('policies.simulator.account')}
              helperText={say('policies.simulator.accountHint')}
              value={account}
              onChange={(event) => setAccount(event.target.value)}
              slotProps={{ htmlInput: { maxLength: 256, spellCheck: false, autoComplete: 'off' } }}
            />
            <TextField
              select
              label={say('policies.simulator.network')}
              value={network}
              onChange={(event) => setNetwork(event.target.value)}
              slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
              sx={{ minWidth: 220 }}
            >
              <MenuItem value="">{say('policies.simulator.nowhere')}</MenuItem>
              {networks.map((name) => (
                <MenuItem key={name} value={name}>
                  {name}
                </MenuItem>
              ))}
            </TextField>
            <TextField
              label={say('policies.simulator.at')}
              helperText={say('policies.simulator.atHint')}
              type="datetime-local"
              value={at}
              onChange={(event) => setAt(event.target.value)}
              slotProps={{ inputLabel: { shrink: true } }}
            />
            <TextField
              select
              label={say('policies.simulator.state')}
              value={state}
              onChange={(event) => setState(STATES.find((one) => one === event.target.value) ?? '')}
              slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
              sx={{ minWidth: 220 }}
            >
              {STATES.map((one) => (
                <MenuItem key={one} value={one}>
                  {say(`policies.simulator.states.${one === '' ? 'own' : one}`)}
                </MenuItem>
              ))}
            </TextField>
            <Button type="submit" variant="contained" disabled={account.trim() === '' || ask.isPending}>
              {say('policies.simulator.ask')}
            </Button>
          </Stack>
        </Box>
        <Box component="output" sx={{ display: 'block' }}>
          {ask.isPending && <Typography>{say('policies.simulator.asking')}</Typography>}
          {ask.isError && (
            <Alert severity="error" role="alert">
              {problemOf(ask.error).detail ?? say('problem.generic')}
            </Alert>
          )}
          {ask.data?.found === false && (
            <Section title={say('policies.simulator.unknown')}>
              <Typography>{say(ask.data.similar.length > 0 ? 'policies.simulator.similar' : 'policies.simulator.noneSimilar')}</Typography>
              {ask.data.similar.map(({ accountName, name }) => (
                <Button
                  key={accountName}
                  onClick={() => {
                    setAccount(accountName);
                    ask.mutate(accountName);
                  }}
                >
                  {name} ({accountName})
                </Button>
              ))}
            </Section>
          )}
          {ask.data?.found && <Simulated found={ask.data} />}
        </Box>
        <Box>
          <Button component={Link} to={`${ADDRESSES.policies}/${sha256}`}>
            {say('policies.calendar.back')}
          </Button>
        </Box>
      </Box>
    </Page>
  );
}

function networksOf(text: string): string[] {
  const { networks } = (parse(text) as { networks?: Record<string, unknown> } | null) ?? {}; // a version that the service read before
  return Object.keys(networks ?? {});
}
