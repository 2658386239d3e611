import { Alert, Box, Link } from '@mui/material';
import { Link as RouterLink } from 'react-router-dom';
import { useSummary } from '../provider/use-summary.ts';
import { useSay } from '../say.ts';
import { ADDRESSES } from '../session/grants.ts';

/** One line on every page of whom alarms call, while nobody has looked at one. */
export function AlarmNotice() {
  const say = useSay();
  const open = useSummary()?.openAlarms ?? 0;
  return (
    <Box component="output" sx={{ display: 'block' }}>
      {open > 0 && (
        <Alert severity="error" role="none" sx={{ m: 2, mb: 0 }}>
          {say('alarms.banner', { smart_count: open })}{' '}
          <Link component={RouterLink} to={ADDRESSES.alarms} color="inherit">
            {say('alarms.toPage', { smart_count: open })}
          </Link>
        </Alert>
      )}
    </Box>
  );
}
