import Block from '@mui/icons-material/Block';
import CheckCircle from '@mui/icons-material/CheckCircle';
import CloudOff from '@mui/icons-material/CloudOff';
import Warning from '@mui/icons-material/Warning';
import { Box, Table, TableBody, TableCell, TableHead, TableRow, Typography } from '@mui/material';
import { Chip } from '../frame/chip.tsx';
import { Section } from '../frame/section.tsx';
import type { Checkpoint, LogStanding } from '../records.ts';
import { useSay } from '../say.ts';
import { Moment } from '../time/moment.tsx';

const LOOKS = {
  cosigned: { tone: 'success', icon: CheckCircle },
  away: { tone: 'warning', icon: CloudOff },
  ahead: { tone: 'error', icon: Warning },
  refused: { tone: 'error', icon: Block },
} as const;

/** What each witness last answered, since when, and when it cosigned the last checkpoint by its own clock. */
export function Witnesses({ witnesses, checkpoint }: { witnesses: LogStanding['witnesses']; checkpoint: Checkpoint | undefined }) {
  const say = useSay();
  return (
    <Section title={say('evidence.log.witnesses')}>
      {witnesses.length === 0 ? (
        <Typography color="textSecondary">{say('evidence.log.noWitness')}</Typography>
      ) : (
        <Box component="section" tabIndex={0} aria-label={say('evidence.log.table')} sx={{ overflowX: 'auto' }}>
          <Table size="small" aria-label={say('evidence.log.table')}>
            <TableHead>
              <TableRow>
                <TableCell>{say('evidence.log.witness')}</TableCell>
                <TableCell>{say('evidence.log.says')}</TableCell>
                <TableCell>{say('evidence.log.since')}</TableCell>
                <TableCell>{say('evidence.log.cosignedAt')}</TableCell>
              </TableRow>
            </TableHead>
            <TableBody>
              {witnesses.map(({ name, answer, since }) => {
                const cosigned = checkpoint?.witnesses.find((witness) => witness.name === name)?.cosignedAt;
                return (
                  <TableRow key={name}>
                    <TableCell component="th" scope="row">
                      {name}
                    </TableCell>
                    <TableCell>
                      <Chip tone={LOOKS[answer].tone} icon={LOOKS[answer].icon}>
                        {say(`evidence.log.answer.${answer}`)}
                      </Chip>
                    </TableCell>
                    <TableCell>
                      <Moment at={since} />
                    </TableCell>
                    <TableCell>{cosigned && <Moment at={cosigned} />}</TableCell>
                  </TableRow>
                );
              })}
            </TableBody>
          </Table>
        </Box>
      )}
    </Section>
  );
}
