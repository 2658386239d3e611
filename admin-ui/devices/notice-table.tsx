import { Box, Link, Table, TableBody, TableCell, TableHead, TableRow, Typography } from '@mui/material';
import { Link as RouterLink } from 'react-router-dom';
import type { DeviceShown } from '../records.ts';
import { useSay } from '../say.ts';
import { Moment } from '../time/moment.tsx';

const COLUMNS = ['at', 'reset', 'state', 'changed'] as const;

/** Of which resets and changes of factors a device was told, and how far it came with each. */
export function NoticeTable({ notices }: { notices: DeviceShown['notices'] }) {
  const say = useSay();
  return (
    <Box sx={{ overflowX: 'auto' }} component="section" aria-label={say('devices.noticesTable')} tabIndex={0}>
      <Table size="small" aria-label={say('devices.notices')}>
        <TableHead>
          <TableRow>
            {COLUMNS.map((column) => (
              <TableCell key={column}>{say(`devices.notice.${column}`)}</TableCell>
            ))}
          </TableRow>
        </TableHead>
        <TableBody>
          {notices.map(({ id, reset, change, account, state, at, changedAt, reason }) => (
            <TableRow key={id}>
              <TableCell>
                <Moment at={at} />
              </TableCell>
              <TableCell>
                {reset !== null && (
                  <Link component={RouterLink} to={`/resets/${reset}/show`}>
                    {say('devices.toReset')}
                  </Link>
                )}
                {change !== null && say(`devices.changeOf.${change}`, { account: account ?? '' })}
              </TableCell>
              <TableCell>
                {say(`devices.noticeStateOf.${state}`)}
                {reason !== null && (
                  <Typography variant="body2" color="textSecondary">
                    {say('devices.reason', { reason })}
                  </Typography>
                )}
              </TableCell>
              <TableCell>{changedAt === null ? '–' : <Moment at={changedAt} />}</TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Box>
  );
}
