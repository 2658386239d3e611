import Block from '@mui/icons-material/Block';
import CheckCircle from '@mui/icons-material/CheckCircle';
import CloudOff from '@mui/icons-material/CloudOff';
import Help from '@mui/icons-material/Help';
import HourglassTop from '@mui/icons-material/HourglassTop';
import { Box, Table, TableBody, TableCell, TableHead, TableRow, Typography } from '@mui/material';
import { Chip } from '../frame/chip.tsx';
import type { ControllerSeen } from '../records.ts';
import { useSay } from '../say.ts';
import { Moment } from '../time/moment.tsx';

type Say = ReturnType<typeof useSay>;

const LOOKS = {
  good: { tone: 'success', icon: CheckCircle },
  proving: { tone: 'info', icon: HourglassTop },
  silent: { tone: 'error', icon: CloudOff },
  unfit: { tone: 'warning', icon: Block },
  unasked: { tone: 'neutral', icon: Help },
  unheard: { tone: 'warning', icon: Help },
} as const;

/** The controllers that one process knows, in the order in which it would ask them. */
export function ControllerTable({ process, controllers }: { process: string; controllers: readonly ControllerSeen[] }) {
  const say = useSay();
  const label = say('controllers.table', { process });
  return (
    <Box component="section" tabIndex={0} aria-label={label} sx={{ overflowX: 'auto' }}>
      <Table size="small" aria-label={label}>
        <TableHead>
          <TableRow>
            <TableCell>{say('controllers.turn')}</TableCell>
            <TableCell>{say('controllers.name')}</TableCell>
            <TableCell>{say('controllers.site')}</TableCell>
            <TableCell>{say('controllers.standing')}</TableCell>
            <TableCell>{say('controllers.since')}</TableCell>
            <TableCell>{say('controllers.answersIn')}</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {controllers.map((one) => (
            <TableRow key={one.url}>
              <TableCell>{one.turn}</TableCell>
              <TableCell component="th" scope="row" sx={{ overflowWrap: 'anywhere' }}>
                {one.name}
                <Typography variant="body2" color="textSecondary">
                  {partsOf(one, say)}
                </Typography>
              </TableCell>
              <TableCell>{one.site ?? say('controllers.noSite')}</TableCell>
              <TableCell>
                <Chip tone={LOOKS[one.health].tone} icon={LOOKS[one.health].icon}>
                  {say(`controllers.health.${one.health}`)}
                </Chip>
                {one.why !== null && (
                  <Typography variant="body2" sx={{ mt: 0.5, maxWidth: '28rem' }}>
                    {one.why}
                  </Typography>
                )}
              </TableCell>
              <TableCell>
                <Moment at={one.since} />
              </TableCell>
              <TableCell>{delayOf(one, say)}</TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Box>
  );
}

function partsOf({ namedBy, isPdc, readOnly }: ControllerSeen, say: Say): string {
  return [
    say(`controllers.namedBy.${namedBy}`),
    ...(isPdc ? [say('controllers.pdc')] : []),
    ...(readOnly === true ? [say('controllers.readOnly')] : []),
  ].join(', ');
}

function delayOf({ milliseconds }: ControllerSeen, say: Say): string {
  if (milliseconds === null) return say('controllers.neverAsked');
  return milliseconds < 1 ? say('controllers.atOnce') : say('controllers.milliseconds', { count: Math.round(milliseconds) });
}
