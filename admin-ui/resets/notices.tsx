import { Box, Link, Stack, Typography } from '@mui/material';
import { Link as RouterLink } from 'react-router-dom';
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
        <Stack component="ul" spacing={1.5} sx={{ listStyle: 'none', m: 0, p: 0 }}>
          {notices.map((notice) => (
            <Box component="li" key={`${notice.device} ${notice.at}`} sx={{ overflowWrap: 'anywhere' }}>
              <Link component={RouterLink} to={`/devices/${notice.deviceId}`} sx={{ fontWeight: 650 }}>
                {notice.device}
              </Link>{' '}
              <Typography component="span" color="textSecondary">
                {notice.platform}
              </Typography>
              <Typography variant="body2" color="textSecondary">
                {say(`devices.noticeStateOf.${notice.state}`)}
                {notice.endSessions && `, ${say('reset.endSessions')}`}
                {', '}
                <Moment at={notice.changedAt ?? notice.at} />
              </Typography>
              {notice.byHand !== null && <Typography variant="body2">{notice.byHand}</Typography>}
            </Box>
          ))}
        </Stack>
      )}
    </Section>
  );
}
