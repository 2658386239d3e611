import { isTerminal } from '#domain/reset-state.ts';
import { Alert, Stack, Typography } from '@mui/material';
import { usePermissions } from 'react-admin';
import { Section } from '../frame/section.tsx';
import type { ResetDetail, Role } from '../records.ts';
import { useSay } from '../say.ts';
import { Moment } from '../time/moment.tsx';
import { BreakGlassForm } from './break-glass-form.tsx';

/** Break-glass of one reset: who signed and why, for everybody who may look; and the form for security officers. */
export function BreakGlass({ reset }: { reset: ResetDetail }) {
  const say = useSay();
  const { permissions } = usePermissions<Role[]>();
  const glass = reset.breakGlass;
  const isOfficer = (permissions ?? []).includes('security-officer');
  if (!glass) return null;
  const runs = !isTerminal(reset.state);
  // A reset that has ended without it has nothing to tell.
  if (glass.signed.length === 0 && (!isOfficer || glass.whyNot === 'break-glass-closed')) return null;
  return (
    <Section title={say('breakGlass.title')}>
      <Stack spacing={2}>
        <Typography>{say('breakGlass.lead', { officers: glass.officers })}</Typography>
        {runs && (
          <Alert severity={glass.state === 'possible' || glass.state === 'over' ? 'info' : 'warning'} role="none">
            {say(`breakGlass.state.${glass.state}`)}
          </Alert>
        )}
        {glass.signed.map(({ by, at, reason }) => (
          <div key={`${by} ${at}`}>
            <Typography sx={{ fontWeight: 650 }}>
              {say('breakGlass.signedBy', { name: by })}
              <Moment at={at} />
            </Typography>
            {reason && <Typography sx={{ overflowWrap: 'anywhere' }}>{say('breakGlass.because', { reason })}</Typography>}
          </div>
        ))}
        {runs && (glass.state === 'opened' || glass.state === 'given') && glass.expiresAt && (
          <Typography color="textSecondary">
            {say('breakGlass.until')}
            <Moment at={glass.expiresAt} />
          </Typography>
        )}
        {glass.signed.length > 0 && glass.unwitnessed && <Typography>{say('breakGlass.unwitnessed')}</Typography>}
        {isOfficer && <BreakGlassForm reset={reset} glass={glass} />}
      </Stack>
    </Section>
  );
}
