import SwapHoriz from '@mui/icons-material/SwapHoriz';
import { Box, Button, Stack, Typography } from '@mui/material';
import { useState } from 'react';
import { Chip } from '../frame/chip.tsx';
import { Empty } from '../frame/empty.tsx';
import { Section } from '../frame/section.tsx';
import type { Delegation } from '../records.ts';
import { useSay } from '../say.ts';
import { inWords, useZone } from '../time/time-zone.ts';
import { EndDialog } from './end-dialog.tsx';

type DelegationListProps = { which: 'mine' | 'toMe'; delegations: readonly Delegation[]; onEnded: () => void };

/** One side of it: each with whom, about what, how long, and the way to end it while it is not over. */
export function DelegationList({ which, delegations, onEnded }: DelegationListProps) {
  const say = useSay();
  const [ending, setEnding] = useState<Delegation>();
  return (
    <Section title={say(`delegations.${which}`)}>
      {delegations.length === 0 ? (
        <Empty title={say(which === 'mine' ? 'delegations.emptyMine' : 'delegations.emptyToMe')} />
      ) : (
        <Stack component="ul" spacing={2} sx={{ listStyle: 'none', m: 0, p: 0 }}>
          {delegations.map((one) => (
            <One key={one.id} one={one} which={which} onEnd={() => setEnding(one)} />
          ))}
        </Stack>
      )}
      {ending && (
        <EndDialog
          key={ending.id}
          ending={ending}
          which={which}
          onClose={() => setEnding(undefined)}
          onEnded={() => {
            setEnding(undefined);
            onEnded();
          }}
        />
      )}
    </Section>
  );
}

function One({ one, which, onEnd }: { one: Delegation; which: 'mine' | 'toMe'; onEnd: () => void }) {
  const say = useSay();
  const [zone] = useZone();
  const name = which === 'mine' ? one.toName : one.fromName;
  const stands = one.state === 'running' || one.state === 'to-come';
  return (
    <Stack component="li" direction="row" spacing={2} sx={{ alignItems: 'flex-start', flexWrap: 'wrap' }}>
      <SwapHoriz color="action" aria-hidden />
      <Box sx={{ flex: '1 1 16rem', minWidth: 0, overflowWrap: 'anywhere' }}>
        <Typography sx={{ fontWeight: 650 }}>{say(which === 'mine' ? 'delegations.to' : 'delegations.from', { name })}</Typography>
        <Typography>
          {one.scope.length === 0 ? say(`delegations.everything.${which}`) : say('delegations.about', { names: one.scope.join('; ') })}
        </Typography>
        <Typography variant="body2" color="textSecondary">
          {say('delegations.between', { since: inWords(one.since, zone), until: inWords(one.until, zone) })}
        </Typography>
        {one.officers.length > 0 && (
          <Typography variant="body2" color="textSecondary">
            {say('delegations.byOfficers', { names: one.officers.join(', ') })}
          </Typography>
        )}
        {stands && one.method === 'totp' && (
          <Typography variant="body2" color="textSecondary">
            {say('delegations.byCode')}
          </Typography>
        )}
      </Box>
      <Chip tone={one.state === 'running' ? 'success' : 'neutral'}>{say(`delegations.state.${one.state}`)}</Chip>
      {stands && (
        <Button onClick={onEnd} aria-label={say(which === 'mine' ? 'delegations.withdrawOf' : 'delegations.declineOf', { name })}>
          {say(which === 'mine' ? 'delegations.withdraw' : 'delegations.decline')}
        </Button>
      )}
    </Stack>
  );
}
