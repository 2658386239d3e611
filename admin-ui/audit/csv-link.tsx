import Download from '@mui/icons-material/Download';
import { Button, Stack, Typography } from '@mui/material';
import { useListContext } from 'react-admin';
import { queryOf } from '../provider/query.ts';
import { useSay } from '../say.ts';

/**
 * A plain link: the server writes the file from what it stores, with the same filters, and makes every cell safe to open.
 * (react-admin's own export would write formulas through)
 */
export function CsvLink() {
  const say = useSay();
  const { filterValues } = useListContext();
  const query = queryOf(filterValues as Record<string, unknown>).toString();
  return (
    <Stack sx={{ alignItems: { sm: 'flex-end' } }}>
      <Button
        component="a"
        variant="outlined"
        startIcon={<Download />}
        href={`/api/v1/audit/events.csv${query ? `?${query}` : ''}`}
        download="countersign-audit.csv"
      >
        {say('audit.csv')}
      </Button>
      <Typography variant="body2" color="textSecondary" sx={{ mt: 0.5 }}>
        {say('audit.csvHint')}
      </Typography>
    </Stack>
  );
}
