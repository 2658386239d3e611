import Download from '@mui/icons-material/Download';
import Print from '@mui/icons-material/Print';
import { Button, Stack, Typography } from '@mui/material';
import { useSay } from '../say.ts';
import { periodQuery, type Days } from './period.ts';

/** Print what is shown, or take the same as a table: a plain link, since the server writes a file whose cells are safe to open. */
export function ReportActions({ framework, days }: { framework: string; days: Days }) {
  const say = useSay();
  return (
    <Stack sx={{ alignItems: { sm: 'flex-end' }, displayPrint: 'none' }}>
      <Stack direction="row" spacing={1} useFlexGap sx={{ flexWrap: 'wrap' }}>
        <Button variant="outlined" startIcon={<Print />} onClick={() => window.print()}>
          {say('reports.print')}
        </Button>
        <Button
          component="a"
          variant="outlined"
          startIcon={<Download />}
          href={`/api/v1/reports/${encodeURIComponent(framework)}/table.csv?${periodQuery(days)}`}
          download={`countersign-${framework}.csv`}
        >
          {say('reports.csv')}
        </Button>
      </Stack>
      <Typography variant="body2" color="textSecondary" sx={{ mt: 0.5 }}>
        {say('reports.printHint')}
      </Typography>
    </Stack>
  );
}
