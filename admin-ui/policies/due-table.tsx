import { Table, TableBody, TableCell, TableHead, TableRow, Typography } from '@mui/material';
import type { PolicyCalendars } from '../records.ts';
import { useSay } from '../say.ts';
import { Due } from './due.tsx';

/** When each stage of each rule would remind, escalate and expire if it opened at the moment that was asked about. */
export function DueTable({ rules }: { rules: PolicyCalendars['rules'] }) {
  const say = useSay();
  if (rules.length === 0) return <Typography>{say('policies.calendar.nobody')}</Typography>;
  return (
    <Table size="small" aria-label={say('policies.calendar.due')}>
      <TableHead>
        <TableRow>
          <TableCell>{say('policies.calendar.rule')}</TableCell>
          <TableCell>{say('policies.calendar.stage')}</TableCell>
          <TableCell>{say('policies.calendar.by')}</TableCell>
          <TableCell>{say('policies.calendar.falls')}</TableCell>
        </TableRow>
      </TableHead>
      <TableBody>
        {rules.flatMap(({ id, stages }) =>
          stages.map(({ label, calendar, timers }, index) => (
            <TableRow key={`${id} ${label}`}>
              <TableCell>{index === 0 ? id : ''}</TableCell>
              <TableCell>{label}</TableCell>
              <TableCell>{calendar ?? say('policies.calendar.clock')}</TableCell>
              <TableCell>
                <Due timers={timers} />
              </TableCell>
            </TableRow>
          )),
        )}
      </TableBody>
    </Table>
  );
}
