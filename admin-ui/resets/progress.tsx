import { Box, Typography } from '@mui/material';
import type { ResetDetail } from '../records.ts';
import { useSay } from '../say.ts';
import { stepsOf, type StepState } from './steps.ts';

const COLOURS: Record<StepState, string> = { done: 'success.main', current: 'warning.main', ahead: 'divider', failed: 'error.main' };

/** The steps of a reset in one line: which passed, which is now, which are to come. */
export function Progress({ reset }: { reset: ResetDetail }) {
  const say = useSay();
  return (
    <Box
      component="ol"
      aria-label={say('reset.progress')}
      sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 1, gridTemplateColumns: 'repeat(auto-fit, minmax(7.5rem, 1fr))' }}
    >
      {stepsOf(reset).map(({ step, state }) => (
        <Box
          component="li"
          key={step}
          aria-current={state === 'current' ? 'step' : undefined}
          sx={{ borderTop: 4, borderColor: COLOURS[state], pt: 1 }}
        >
          <Typography sx={{ fontWeight: state === 'ahead' ? 400 : 650, color: state === 'ahead' ? 'text.secondary' : 'text.primary' }}>
            {say(`step.${step}`)}
          </Typography>
          <Typography variant="body2" color="textSecondary">
            {say(`step.${state}`)}
          </Typography>
        </Box>
      ))}
    </Box>
  );
}
