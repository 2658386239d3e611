import { Button, Stack } from '@mui/material';
import type { ReactNode } from 'react';
import { useListContext } from 'react-admin';
import { useSay } from '../say.ts';

/** The filters of a list in one row, with a way back to the whole list. */
export function Filters({ children }: { children: ReactNode }) {
  const say = useSay();
  const { filterValues, setFilters } = useListContext();
  return (
    <Stack component="search" aria-label={say('word.filters')} direction="row" sx={{ flexWrap: 'wrap', gap: 2, alignItems: 'center' }}>
      {children}
      {Object.keys(filterValues as object).length > 0 && (
        <Button onClick={() => setFilters({}, undefined, false)}>{say('word.clear')}</Button>
      )}
    </Stack>
  );
}
