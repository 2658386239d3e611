import { OLD_PASSWORD_PLACES } from '#domain/old-password-places.ts';
import { Alert, Box, Stack, Typography } from '@mui/material';
import { Section } from '../frame/section.tsx';
import type { WatchOfReset } from '../records.ts';
import { useSay } from '../say.ts';
import { Moment } from '../time/moment.tsx';

/** What arrived of wrong passwords since the account was let in again: how many, where, and what is known that may send them. */
export function Watch({ watch }: { watch: WatchOfReset | null }) {
  const say = useSay();
  if (!watch) return null;
  const isFound = watch.triedAt !== null || watch.lockedAt !== null;
  return (
    <Section title={say('watch.title')}>
      <Stack spacing={1.5}>
        {watch.lockedAt !== null && <Alert severity="error">{say('watch.locked')}</Alert>}
        {isFound ? (
          <Found watch={watch} />
        ) : (
          <Typography color="textSecondary">{say(watch.endedAt === null ? 'watch.quietSoFar' : 'watch.quiet')}</Typography>
        )}
        <Typography variant="body2" color="textSecondary">
          {watch.endedAt === null ? say('watch.looked') : say('watch.ended')} <Moment at={watch.endedAt ?? watch.lookedAt ?? watch.since} />
        </Typography>
      </Stack>
    </Section>
  );
}

function Found({ watch }: { watch: WatchOfReset }) {
  const say = useSay();
  const tried = watch.controllers.filter(({ tries }) => tries > 0);
  return (
    <>
      <Typography>
        {say('watch.tried', { tries: watch.tries })} <Moment at={watch.triedAt ?? watch.lockedAt ?? watch.since} />
      </Typography>
      <Items items={tried.map(({ controller, tries }) => say('watch.at', { controller, tries }))} />
      {watch.whence.length > 0 && (
        <>
          <Typography variant="body2">{say('watch.known')}</Typography>
          <Items items={watch.whence.map(({ kind, name }) => `${name} (${say(`watch.${kind}`)})`)} />
        </>
      )}
      <Typography variant="body2">{say('watch.places')}</Typography>
      <Items items={OLD_PASSWORD_PLACES} />
    </>
  );
}

function Items({ items }: { items: readonly string[] }) {
  if (items.length === 0) return null;
  return (
    <Box component="ul" sx={{ m: 0, pl: 3, overflowWrap: 'anywhere' }}>
      {items.map((item) => (
        <Typography component="li" variant="body2" key={item}>
          {item}
        </Typography>
      ))}
    </Box>
  );
}
