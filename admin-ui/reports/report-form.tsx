import { Button, MenuItem, Stack, TextField } from '@mui/material';
import { useState, type SubmitEvent } from 'react';
import type { FrameworkItem } from '../records.ts';
import { useSay } from '../say.ts';
import type { Days } from './period.ts';

type Chosen = Days & { framework: string };
type ReportFormProps = { frameworks: FrameworkItem[]; framework: string; days: Days; onChosen: (chosen: Chosen) => void };

/** Which framework, and which days. A report is made when it is asked for, since each one is recorded. */
export function ReportForm({ frameworks, framework, days, onChosen }: ReportFormProps) {
  const say = useSay();
  const known = frameworks.some(({ id }) => id === framework) ? framework : (frameworks[0]?.id ?? '');
  const [chosen, setChosen] = useState<Chosen>({ framework: known, ...days });
  const applied = [known, days.from, days.to].join();
  const [seen, setSeen] = useState(applied);
  // Another way of choosing (back, a link) shows here too.
  if (seen !== applied) {
    setSeen(applied);
    setChosen({ framework: known, ...days });
  }
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    onChosen(chosen);
  };
  return (
    <Stack
      component="form"
      aria-label={say('reports.choose')}
      noValidate
      onSubmit={submit}
      direction="row"
      sx={{ flexWrap: 'wrap', gap: 2, alignItems: 'center', displayPrint: 'none' }}
    >
      <TextField
        select
        id="framework"
        label={say('reports.framework')}
        value={chosen.framework}
        onChange={({ target }) => setChosen({ ...chosen, framework: target.value })}
        sx={{ width: 420, maxWidth: '100%' }}
      >
        {frameworks.map(({ id, title, edition }) => (
          <MenuItem key={id} value={id} sx={{ whiteSpace: 'normal' }}>
            {title}, {edition}
          </MenuItem>
        ))}
      </TextField>
      {(['from', 'to'] as const).map((end) => (
        <TextField
          key={end}
          id={`day-${end}`}
          type="date"
          label={say(`reports.${end}`)}
          value={chosen[end]}
          onChange={({ target }) => setChosen({ ...chosen, [end]: target.value })}
          sx={{ width: 170 }}
          slotProps={{ inputLabel: { shrink: true } }}
        />
      ))}
      <Button type="submit" variant="contained">
        {say('reports.make')}
      </Button>
    </Stack>
  );
}
