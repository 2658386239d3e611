import { TextField, type TextFieldProps } from '@mui/material';
import { useEffect, useState } from 'react';
import { useListContext } from 'react-admin';
import { withFilter } from '../provider/query.ts';

type FilterFieldProps = { name: string; label: string; type?: 'text' | 'date'; width?: number };

/** One text filter of a list. What is typed reaches the address, and the server, once the typing pauses. */
export function FilterField({ name, label, type = 'text', width = 200 }: FilterFieldProps) {
  const { filterValues, setFilters } = useListContext();
  const applied = String((filterValues as Record<string, unknown>)[name] ?? '');
  const [typed, setTyped] = useState(applied);
  // Another way of changing the filters (back, clear, a link) shows here too.
  useEffect(() => setTyped(applied), [applied]);
  const dated: Partial<TextFieldProps> = type === 'date' ? { type, slotProps: { inputLabel: { shrink: true } } } : { slotProps: { htmlInput: { maxLength: 256, spellCheck: false } } };
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
