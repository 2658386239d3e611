import { TextField, type TextFieldProps } from '@mui/material';
import { useState } from 'react';
import { useListContext } from 'react-admin';
import { filterOf, withFilter } from '../provider/query.ts';

type FilterFieldProps = { name: string; label: string; type?: 'text' | 'date'; width?: number; maxLength?: number };

/** One text filter of a list. What is typed reaches the address, and the server, once the typing pauses. */
export function FilterField({ name, label, type = 'text', width = 200, maxLength = 256 }: FilterFieldProps) {
  const { filterValues, setFilters } = useListContext();
  const applied = filterOf(filterValues, name);
  const [typed, setTyped] = useState(applied);
  const [seen, setSeen] = useState(applied);
  // Another way of changing the filters (back, clear, a link) shows here too.
  if (seen !== applied) {
    setSeen(applied);
    setTyped(applied);
  }
  const dated: Partial<TextFieldProps> =
    type === 'date'
      ? { type, slotProps: { inputLabel: { shrink: true } } }
      : { slotProps: { htmlInput: { maxLength, spellCheck: false } } };
  return (
    <TextField
      id={`filter-${name}`}
      label={label}
      value={typed}
      onChange={(event) => {
        setTyped(event.target.value);
        setFilters(withFilter(filterValues, name, event.target.value), undefined, true);
      }}
      sx={{ width, maxWidth: '100%' }}
      {...dated}
    />
  );
}
