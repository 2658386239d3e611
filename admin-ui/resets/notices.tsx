import { Box, Stack, Typography } from '@mui/material';
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
              <Typography component="span" sx={{ fontWeight: 650 }}>
                {notice.device}
              </Typography>{' '}
              <Typography component="span" color="textSecondary">
                {notice.platform}
              </Typography>
              <Typography variant="body2" color="textSecondary">
                {notice.state === 'by-hand' ? say('reset.byHand') : notice.state}
                {', '}
                <Moment at={notice.at} />
              </Typography>
            </Box>
          ))}
        </Stack>
      )}
    </Section>
  );
}
