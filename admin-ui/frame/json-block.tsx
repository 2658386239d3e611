import { Box } from '@mui/material';
import { monospace } from '../theme.ts';

/** A record as it is, to be read and copied. It scrolls, so it can be reached by keyboard. */
export function JsonBlock({ value, label }: { value: unknown; label: string }) {
  return (
    <Box
      component="pre"
      tabIndex={0}
      role="region"
      aria-label={label}
      sx={{ m: 0, p: 1.5, maxHeight: 420, overflow: 'auto', fontFamily: monospace, fontSize: '0.8125rem', lineHeight: 1.5, bgcolor: 'background.default', border: 1, borderColor: 'divider', borderRadius: 1 }}
    >
      {JSON.stringify(value, null, 2)}
    </Box>
  );
}
