import { Box, Table, TableBody, TableCell, TableHead, TableRow } from '@mui/material';
import type { DeviceShown } from '../records.ts';
import { useSay } from '../say.ts';
import { Moment } from '../time/moment.tsx';

/** Whose passwords a device remembers, by its own last report. */
export function CachedTable({ accounts }: { accounts: DeviceShown['accounts'] }) {
  const say = useSay();
  return (
    <Box sx={{ overflowX: 'auto' }} component="section" aria-label={say('devices.accountsTable')} tabIndex={0}>
      <Table size="small" aria-label={say('devices.accounts')}>
        <TableHead>
          <TableRow>
            <TableCell>{say('devices.account.name')}</TableCell>
            <TableCell>{say('devices.account.cached')}</TableCell>
            <TableCell>{say('devices.account.online')}</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {accounts.map(({ sid, name, cachedAt, lastOnlineAuth }) => (
            <TableRow key={sid}>
              <TableCell title={sid} sx={{ overflowWrap: 'anywhere' }}>
                {name}
              </TableCell>
              <TableCell>{cachedAt === null ? '–' : <Moment at={cachedAt} />}</TableCell>
              <TableCell>{lastOnlineAuth === null ? say('devices.never') : <Moment at={lastOnlineAuth} />}</TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Box>
  );
}
