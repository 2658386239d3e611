import { MenuItem, TextField } from '@mui/material';
import { useListContext } from 'react-admin';
import { useSay } from '../say.ts';
import { filterOf, withFilter } from '../provider/query.ts';

type FilterChoiceProps = { name: string; label: string; choices: readonly (readonly [value: string, words: string])[]; width?: number };

/** One filter of a list with a closed set of values. */
export function FilterChoice({ name, label, choices, width = 220 }: FilterChoiceProps) {
  const say = useSay();
  const { filterValues, setFilters } = useListContext();
  const value = filterOf(filterValues, name);
  return (
    <TextField
      select
      id={`filter-${name}`}
      label={label}
      value={choices.some(([known]) => known === value) ? value : ''}
      onChange={(event) => setFilters(withFilter(filterValues, name, event.target.value), undefined, false)}
      sx={{ width, maxWidth: '100%' }}
      slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
    >
      <MenuItem value="">{say('word.any')}</MenuItem>
      {choices.map(([known, words]) => (
        <MenuItem key={known} value={known}>
          {words}
        </MenuItem>
      ))}
    </TextField>
  );
}
