import Print from '@mui/icons-material/Print';
import { Alert, Box, Button, Stack, Typography } from '@mui/material';
import { useEffect, useRef } from 'react';
import type { Letters } from '../records.ts';
import { useSay } from '../say.ts';
import { monospace } from '../theme.ts';
import { inWords, useZone } from '../time/time-zone.ts';

/** The letters, once: on the screen one below the other, on paper one page a person. */
export function LetterSheets({ letters, onGone }: { letters: Letters; onGone: () => void }) {
  const say = useSay();
  const [zone] = useZone();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = say('product'); // a browser prints the title on each page
    heading.current?.focus();
  }, [say]);
  const until = inWords(letters.until, zone);
  return (
    <Stack spacing={3} sx={{ maxWidth: 900, mx: 'auto', p: { xs: 2, md: 4 }, '@media print': { p: 0, maxWidth: 'none' } }}>
      <Stack spacing={2} sx={{ displayPrint: 'none' }}>
        <Typography component="h1" variant="h1" ref={heading} tabIndex={-1}>
          {say('campaigns.letters.shown', { smart_count: letters.letters.length })}
        </Typography>
        <Alert severity="warning">{say('campaigns.letters.once')}</Alert>
        <Stack direction="row" spacing={2} useFlexGap sx={{ flexWrap: 'wrap' }}>
          <Button variant="contained" size="large" startIcon={<Print />} onClick={() => window.print()}>
            {say('campaigns.letters.print')}
          </Button>
          <Button variant="outlined" size="large" onClick={onGone}>
            {say('campaigns.letters.gone')}
          </Button>
        </Stack>
      </Stack>
      {letters.letters.map((one) => (
        <Letter key={one.accountName} letter={one} until={until} />
      ))}
    </Stack>
  );
}

const STEPS = ['install', 'open', 'first', 'type', 'codes', 'shred'] as const;

function Letter({ letter: { name, accountName, unit, ticket }, until }: { letter: Letters['letters'][number]; until: string }) {
  const say = useSay();
  const address = `${window.location.origin}/factors`;
  return (
    <Box
      component="article"
      aria-label={name}
      sx={{
        border: 1,
        borderColor: 'divider',
        borderRadius: 1,
        p: { xs: 2, md: 5 },
        overflowWrap: 'anywhere',
        '@media print': {
          border: 0,
          p: 0,
          breakAfter: 'page',
          '&, & p:not([data-ticket])': { fontSize: '1.15rem' },
          '&:last-of-type': { breakAfter: 'auto' },
        },
      }}
    >
      <Box sx={{ mb: 4 }}>
        <Typography sx={{ fontWeight: 650 }}>{name}</Typography>
        <Typography>{say('campaigns.letter.unit', { unit: department(unit) })}</Typography>
        <Typography>{say('campaigns.letter.account', { account: accountName })}</Typography>
      </Box>
      <Typography component="h2" variant="h2" sx={{ mb: 1.5, fontSize: '1.4rem' }}>
        {say('campaigns.letter.title')}
      </Typography>
      <Typography>{say('campaigns.letter.why')}</Typography>
      <Typography component="h3" variant="h3" sx={{ mt: 3 }}>
        {say('campaigns.letter.code')}
      </Typography>
      <Box component="p" data-ticket sx={{ fontFamily: monospace, fontSize: '1.6rem', fontWeight: 700, letterSpacing: '0.06em', my: 1.5 }}>
        {ticket}
      </Box>
      <Typography>{say('campaigns.letter.until', { until })}</Typography>
      <Typography component="h3" variant="h3" sx={{ mt: 3, mb: 1 }}>
        {say('campaigns.letter.how')}
      </Typography>
      <Box component="ol" sx={{ m: 0, pl: 3, '& li': { mb: 1 } }}>
        {STEPS.map((step) => (
          <li key={step}>{say(`campaigns.letter.steps.${step}`, { address })}</li>
        ))}
      </Box>
      <Typography sx={{ mt: 3 }}>{say('campaigns.letter.ask')}</Typography>
    </Box>
  );
}

/** The name of a unit as people say it: the value of its first part (RFC 4514 §2.3). */
function department(unit: string): string {
  const first = /^[^=]+=((?:\\.|[^,\\])*)/.exec(unit)?.[1];
  return first === undefined ? unit : first.replace(/\\(.)/g, '$1');
}
