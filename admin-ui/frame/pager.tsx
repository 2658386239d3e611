import { Button, Stack, Typography } from '@mui/material';
import { useListContext } from 'react-admin';
import { useSay } from '../say.ts';

/** The pages before and after, without a count: the interface pages by cursor and never counts a list. A page with several lists names the list that is paged, and one that does not go by age its own words. */
export function Pager({ paged, previous, next }: { paged?: string; previous?: string; next?: string }) {
  const say = useSay();
  const { page, setPage, hasNextPage, hasPreviousPage } = useListContext();
  if (!hasNextPage && !hasPreviousPage) return null;
  return (
    <Stack
      component="nav"
      aria-label={paged ? say('word.pagingOf', { list: paged }) : say('word.paging')}
      direction="row"
      spacing={2}
      sx={{ alignItems: 'center', justifyContent: 'flex-end' }}
    >
      <Button variant="outlined" disabled={!hasPreviousPage} onClick={() => setPage(page - 1)}>
        {previous ?? say('word.previous')}
      </Button>
      <Typography component="span" aria-live="polite">
        {say('word.pageNumber', { page })}
      </Typography>
      <Button variant="outlined" disabled={!hasNextPage} onClick={() => setPage(page + 1)}>
        {next ?? say('word.next')}
      </Button>
    </Stack>
  );
}
