import { Box, Stack, Typography } from '@mui/material';
import { useEffect, useRef, type ReactNode } from 'react';
import { useSay } from '../say.ts';

type PageProps = { title: string; lead?: ReactNode; above?: ReactNode; actions?: ReactNode; children: ReactNode };

/** One page: its h1, the browser's title, and the focus on the h1 when the page was reached by a link inside the console. */
export function Page({ title, lead, above, actions, children }: PageProps) {
  const say = useSay();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} – ${say('product')}`;
  }, [title, say]);
  useEffect(() => {
    // Nothing is focused after the link that led here is gone: a screen reader would start at the top again.
    if (document.activeElement === document.body || document.activeElement?.closest('nav')) heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <Stack spacing={3} sx={{ maxWidth: 1400, width: '100%', mx: 'auto', p: { xs: 2, md: 4 }, '@media print': { p: 0, maxWidth: 'none' } }}>
      <Box>
        {above}
        <Stack direction="row" sx={{ alignItems: 'flex-start', justifyContent: 'space-between', flexWrap: 'wrap', gap: 2 }}>
          <Box sx={{ minWidth: 0, flex: '1 1 20rem' }}>
            <Typography component="h1" variant="h1" ref={heading} tabIndex={-1} sx={{ overflowWrap: 'anywhere' }}>
              {title}
            </Typography>
            {lead && (
              <Typography component="div" color="textSecondary" sx={{ mt: 0.75, maxWidth: '46rem' }}>
                {lead}
              </Typography>
            )}
          </Box>
          {actions && <Box sx={{ flex: '0 1 auto', minWidth: 0 }}>{actions}</Box>}
        </Stack>
      </Box>
      {children}
    </Stack>
  );
}
