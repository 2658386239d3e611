import { Box, Table, TableBody, TableCell, TableHead, TableRow, Typography } from '@mui/material';
import { Section } from '../frame/section.tsx';
import type { Notice } from '../records.ts';
import { useSay } from '../say.ts';
import { Moment } from '../time/moment.tsx';

/** The devices that may still hold the old password, and whether each was told. */
export function Notices({ notices }: { notices: Notice[] }) {
  const say = useSay();
  return (
    <Section title={say('reset.notices')}>
      {notices.length === 0 ? (
        <Typography color="textSecondary">{say('reset.noNotices')}</Typography>
      ) : (
        <Box sx={{ overflowX: 'auto' }} role="region" aria-label={say('reset.notices')} tabIndex={0}>
          <Table size="small">
            <TableHead>
              <TableRow>
                <TableCell>{say('reset.device')}</TableCell>
                <TableCell>{say('reset.platform')}</TableCell>
                <TableCell>{say('reset.noticeState')}</TableCell>
              </TableRow>
            </TableHead>
            <TableBody>
              {notices.map((notice) => (
                <TableRow key={`${notice.device} ${notice.at}`}>
                  <TableCell component="th" scope="row">
                    {notice.device}
                  </TableCell>
                  <TableCell>{notice.platform}</TableCell>
                  <TableCell>
                    {notice.state}
                    {', '}
                    <Moment at={notice.at} />
                  </TableCell>
                </TableRow>
              ))}
            </TableBody>
          </Table>
        </Box>
      )}
    </Section>
  );
}
