import { Box } from '@mui/material';
import type { ReactNode } from 'react';

/** Text for those who listen to the page; `live` is for what changes while they are elsewhere on it. */
export function OnlyHeard({ live = false, children }: { live?: boolean; children: ReactNode }) {
  return (
    <Box
      component="span"
      {...(live ? { role: 'status' } : {})}
      sx={{
        position: 'absolute',
        width: '1px',
        height: '1px',
        m: '-1px',
        overflow: 'hidden',
        clipPath: 'inset(50%)',
        whiteSpace: 'nowrap',
      }}
    >
      {children}
    </Box>
  );
}
