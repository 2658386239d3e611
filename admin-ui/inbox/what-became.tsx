import { Alert, Box, Button, Link as Anchor, Stack } from '@mui/material';
import { Link } from 'react-router-dom';
import { useSay } from '../say.ts';
import { Reached } from './reached.tsx';

export type Became = { id: string; name: string; how: 'recorded' | 'refused' | 'not-decided'; words: string };

const TONES = { recorded: 'success', refused: 'error', 'not-decided': 'info' } as const;

/** What happened to each of several requests, in the order in which they were shown. */
export function WhatBecame({ all }: { all: readonly Became[] }) {
  const say = useSay();
  return (
    <Stack spacing={2} sx={{ maxWidth: 720 }}>
      <Reached title={say('batch.end')} />
      <Box component="ol" sx={{ m: 0, p: 0, listStyle: 'none', display: 'grid', gap: 1.5 }}>
        {all.map(({ id, name, how, words }) => (
          <li key={id}>
            <Alert severity={TONES[how]}>
              <Anchor component={Link} to={`/approvals/${encodeURIComponent(id)}/show`} color="inherit">
                {name}
              </Anchor>
              {': '}
              {words}
            </Alert>
          </li>
        ))}
      </Box>
      <div>
        <Button component={Link} to="/approvals" variant="contained">
          {say('decision.backToInbox')}
        </Button>
      </div>
    </Stack>
  );
}
