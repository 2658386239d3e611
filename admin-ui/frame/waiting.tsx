import { Skeleton, Stack } from '@mui/material';
import { useSay } from '../say.ts';

/** Stands where an answer is on its way. */
export function Waiting() {
  const say = useSay();
  return (
    <Stack component="output" aria-label={say('word.loading')} spacing={1}>
      <Skeleton variant="rounded" height={48} />
      <Skeleton variant="rounded" height={48} />
      <Skeleton variant="rounded" height={48} />
    </Stack>
  );
}
