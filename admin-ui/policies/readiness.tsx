import { Box, Table, TableBody, TableCell, TableHead, TableRow, Typography } from '@mui/material';
import type { ComparisonFound } from '../records.ts';
import { useSay } from '../say.ts';
import { WhoTheyAre } from './who-they-are.tsx';

/** Who could not reset their password today without another person's help, why, and where they sit in the directory. */
export function Readiness({ id, found: { unready, units } }: { id: string; found: ComparisonFound }) {
  const say = useSay();
  if (!unready || !units) return null;
  return (
    <Box sx={{ mt: 3 }}>
      <Typography component="h3" variant="h6">
        {say('policies.ready.title')}
      </Typography>
      {unready.length === 0 && <Typography>{say('policies.ready.all')}</Typography>}
      {unready.map(({ why, accounts }, index) => {
        const words = say(`policies.ready.${why}`, { smart_count: accounts });
        return (
          <Box key={why} sx={{ mt: 1.5 }}>
            <Typography>{words}</Typography>
            <WhoTheyAre id={id} of="unready" change={index} count={accounts} what={words} />
          </Box>
        );
      })}
      <Table size="small" aria-label={say('policies.ready.units')} sx={{ mt: 2 }}>
        <TableHead>
          <TableRow>
            <TableCell>{say('policies.ready.unit')}</TableCell>
            {(['accounts', 'ready', 'helped', 'none'] as const).map((column) => (
              <TableCell key={column} align="right">
                {say(`policies.ready.${column}`)}
              </TableCell>
            ))}
          </TableRow>
        </TableHead>
        <TableBody>
          {units.map(({ unit, accounts, ready, helped }) => (
            <TableRow key={unit}>
              <TableCell sx={{ overflowWrap: 'anywhere' }}>{unit}</TableCell>
              {[accounts, ready, helped, accounts - ready - helped].map((number, column) => (
                <TableCell key={column} align="right">
                  {number.toLocaleString('en')}
                </TableCell>
              ))}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Box>
  );
}
