import { Box, Typography } from '@mui/material';
import { useSay } from '../say.ts';

/** The lines that the approver's key signs, word for word as they are digested. */
export function WhatIsSigned({ lines }: { lines: readonly string[] }) {
  const say = useSay();
  return (
    <Box component="section" aria-labelledby="what-is-signed" sx={{ p: 2, border: 1, borderColor: 'divider', borderRadius: 1 }}>
      <Typography component="h3" id="what-is-signed" sx={{ fontWeight: 650 }}>
        {say('decision.signed')}
      </Typography>
      <Box component="ul" sx={{ m: 0, my: 1, pl: 2.5, overflowWrap: 'anywhere' }}>
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </Box>
      <Typography variant="body2" color="textSecondary">
        {say('decision.signedHint')}
      </Typography>
    </Box>
  );
}
