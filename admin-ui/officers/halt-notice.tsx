import { Alert, Box } from '@mui/material';
import { useSummary } from '../provider/use-summary.ts';
import { useSay } from '../say.ts';

/** One line on every page while an emergency stop is in force. */
export function HaltNotice() {
  const say = useSay();
  const halted = useSummary()?.halted ?? 'nothing';
  return (
    <Box component="output" sx={{ display: 'block' }}>
      {halted !== 'nothing' && (
        <Alert severity="error" role="none" sx={{ m: 2, mb: 0 }}>
          {say(`officers.banner.${halted}`)}
        </Alert>
      )}
    </Box>
  );
}
