import { Box } from '@mui/material';
import type { ReactNode } from 'react';

/** A list of terms and what is known about each; terms without a value are left out by the caller. */
export function Facts({ children }: { children: ReactNode }) {
  return (
    <Box
      component="dl"
      sx={{
        m: 0,
        display: 'grid',
        gridTemplateColumns: 'minmax(0, 1fr)',
        columnGap: 3,
        '& > dd': { mb: 1.5 },
        // Beside each other where the section, not the window, has the room.
        '@container (min-width: 30rem)': { gridTemplateColumns: '12rem minmax(0, 1fr)', rowGap: 1.5, '& > dd': { mb: 0 } },
      }}
    >
      {children}
    </Box>
  );
}

export function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <>
      <Box component="dt" sx={{ color: 'text.secondary', fontSize: '0.875rem', lineHeight: 1.7 }}>
        {term}
      </Box>
      <Box component="dd" sx={{ m: 0, minWidth: 0, overflowWrap: 'anywhere' }}>
        {children}
      </Box>
    </>
  );
}
