import { Box, Typography } from '@mui/material';
import type { ReactNode } from 'react';

/** What stands where nothing is yet: says so, and what would make something appear. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <Box sx={{ py: 4, px: 2, textAlign: 'center', border: 1, borderStyle: 'dashed', borderColor: 'divider', borderRadius: 2 }}>
      <Typography sx={{ fontWeight: 600 }}>{title}</Typography>
      {children && (
        <Typography component="div" color="textSecondary" sx={{ mt: 0.75, maxWidth: '38rem', mx: 'auto' }}>
          {children}
        </Typography>
      )}
    </Box>
  );
}
