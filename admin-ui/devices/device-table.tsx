import { Box, Link, Table, TableBody, TableCell, TableHead, TableRow } from '@mui/material';
import { Link as RouterLink } from 'react-router-dom';
import type { DeviceSummary } from '../records.ts';
import { useSay } from '../say.ts';
import { Moment } from '../time/moment.tsx';
import { DeviceState } from './device-state.tsx';

const COLUMNS = ['name', 'state', 'accounts', 'agent', 'seen', 'open'] as const;
/** So many names are read; the rest stands on the page of the device. */
const MOST_NAMES = 3;

/** One line a device: its state, whose passwords it remembers, when it was last heard of. */
export function DeviceTable({ devices }: { devices: DeviceSummary[] }) {
  const say = useSay();
  return (
    <Box sx={{ overflowX: 'auto' }} component="section" aria-label={say('devices.listTable')} tabIndex={0}>
      <Table size="small" aria-label={say('page.devices')}>
        <TableHead>
          <TableRow>
            {COLUMNS.map((column) => (
              <TableCell key={column} align={column === 'open' ? 'right' : 'left'}>
                {say(`devices.column.${column}`)}
              </TableCell>
            ))}
          </TableRow>
        </TableHead>
        <TableBody>
          {devices.map((device) => (
            <TableRow key={device.id}>
              <TableCell sx={{ overflowWrap: 'anywhere' }}>
                <Link component={RouterLink} to={`/devices/${device.id}`}>
                  {device.name}
                </Link>
              </TableCell>
              <TableCell>
                <DeviceState state={device.state} />
              </TableCell>
              <TableCell>{namesOf(device) || say('devices.nobody')}</TableCell>
              <TableCell>{device.agent ?? '–'}</TableCell>
              <TableCell>{device.lastSeen === null ? say('devices.never') : <Moment at={device.lastSeen} />}</TableCell>
              <TableCell align="right">{device.openNotices}</TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Box>
  );
}

function namesOf({ account, cached }: DeviceSummary): string {
  const names = account === null ? cached : [account];
  const some = names.slice(0, MOST_NAMES).join(', ');
  return names.length > MOST_NAMES ? `${some} (+${names.length - MOST_NAMES})` : some;
}
