import { Button, Stack, Typography } from '@mui/material';
import { useListContext } from 'react-admin';
import { useSay } from '../say.ts';

/** Newer and older, without a count: the interface pages by cursor and never counts a list. */
export function Pager() {
  const say = useSay();
  const { page, setPage, hasNextPage, hasPreviousPage } = useListContext();
  if (!hasNextPage && !hasPreviousPage) return null;
  return (
    <Stack
      component="nav"
      aria-label={say('word.paging')}
      direction="row"
      spacing={2}
      sx={{ alignItems: 'center', justifyContent: 'flex-end' }}
    >
      <Button variant="outlined" disabled={!hasPreviousPage} onClick={() => setPage(page - 1)}>
        {say('word.previous')}
      </Button>
      <Typography component="span" aria-live="polite">
        {say('word.pageNumber', { page })}
      </Typography>
      <Button variant="outlined" disabled={!hasNextPage} onClick={() => setPage(page + 1)}>
        {say('word.next')}
      </Button>
    </Stack>
  );
}
