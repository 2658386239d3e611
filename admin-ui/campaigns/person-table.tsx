import { Box, Button, Table, TableBody, TableCell, TableHead, TableRow } from '@mui/material';
import type { CampaignShown } from '../records.ts';
import { useSay } from '../say.ts';
import { Moment } from '../time/moment.tsx';

type PersonTableProps = { persons: CampaignShown['persons']; onAnew: ((account: string) => void) | undefined };

/** Who has set up what, and what became of their letter. A letter is made anew for whoever still has nothing. */
export function PersonTable({ persons, onAnew }: PersonTableProps) {
  const say = useSay();
  return (
    <Box sx={{ overflowX: 'auto' }} component="section" aria-label={say('campaigns.personsTable')} tabIndex={0}>
      <Table size="small" aria-label={say('campaigns.persons')}>
        <TableHead>
          <TableRow>
            {(['name', 'unit', 'letter', 'holds', ...(onAnew ? (['anew'] as const) : [])] as const).map((column) => (
              <TableCell key={column}>{say(`campaigns.column.${column}`)}</TableCell>
            ))}
          </TableRow>
        </TableHead>
        <TableBody>
          {persons.map(({ account, accountName, name, unit, ticket, usedAt, holds }) => (
            <TableRow key={account}>
              <TableCell sx={{ overflowWrap: 'anywhere' }}>
                {name} ({accountName})
              </TableCell>
              <TableCell sx={{ overflowWrap: 'anywhere' }}>{unit}</TableCell>
              <TableCell>
                {say(`campaigns.ticket.${ticket}`)}
                {usedAt && (
                  <>
                    , <Moment at={usedAt} />
                  </>
                )}
              </TableCell>
              <TableCell>
                {holds.length === 0 ? say('campaigns.holds.nothing') : holds.map((one) => say(`campaigns.holds.${one}`)).join(', ')}
              </TableCell>
              {onAnew && (
                <TableCell>
                  {holds.length === 0 && ticket !== 'used' && (
                    <Button size="small" onClick={() => onAnew(account)}>
                      {say('campaigns.letters.anew', { name })}
                    </Button>
                  )}
                </TableCell>
              )}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Box>
  );
}
