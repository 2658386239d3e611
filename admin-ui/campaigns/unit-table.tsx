import { Box, Table, TableBody, TableCell, TableHead, TableRow } from '@mui/material';
import type { CampaignShown } from '../records.ts';
import { useSay } from '../say.ts';

const COLUMNS = ['people', 'app', 'token', 'key', 'without', 'used'] as const;

/** How many people of each unit have what by now. */
export function UnitTable({ units }: { units: CampaignShown['units'] }) {
  const say = useSay();
  return (
    <Box sx={{ overflowX: 'auto' }} component="section" aria-label={say('campaigns.unitsTable')} tabIndex={0}>
      <Table size="small" aria-label={say('campaigns.units')}>
        <TableHead>
          <TableRow>
            <TableCell>{say('campaigns.column.unit')}</TableCell>
            {COLUMNS.map((column) => (
              <TableCell key={column} align="right">
                {say(`campaigns.column.${column}`)}
              </TableCell>
            ))}
          </TableRow>
        </TableHead>
        <TableBody>
          {units.map((one) => (
            <TableRow key={one.unit}>
              <TableCell sx={{ overflowWrap: 'anywhere' }}>{one.unit}</TableCell>
              {COLUMNS.map((column) => (
                <TableCell key={column} align="right">
                  {one[column].toLocaleString('en')}
                </TableCell>
              ))}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Box>
  );
}
