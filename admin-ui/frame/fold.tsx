import { Box } from '@mui/material';
import { useState, type ReactNode } from 'react';

/** A native fold: works by keyboard, and by the browser's own search in the page. What is inside is made only when opened. */
export function Fold({ summary, children }: { summary: ReactNode; children: () => ReactNode }) {
  const [opened, setOpened] = useState(false);
  return (
    <Box component="details" onToggle={(event) => event.currentTarget.open && setOpened(true)}>
      <Box component="summary" sx={{ cursor: 'pointer', py: 0.5, fontWeight: 600, color: 'primary.main' }}>
        {summary}
      </Box>
      {opened && <Box sx={{ mt: 1.5 }}>{children()}</Box>}
    </Box>
  );
}
