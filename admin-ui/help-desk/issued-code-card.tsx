import { Alert, Box, Button, Paper, Typography } from '@mui/material';
import { useEffect, useRef } from 'react';
import type { IssuedCode } from '../records.ts';
import { useSay } from '../say.ts';
import { monospace } from '../theme.ts';
import { Moment } from '../time/moment.tsx';

/** The code, once and large enough to be read across a counter. */
export function IssuedCodeCard({ issued, onHandedOver }: { issued: IssuedCode; onHandedOver: () => void }) {
  const say = useSay();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <Paper component="section" aria-labelledby="issued" sx={{ p: { xs: 2, md: 4 } }}>
      <Typography component="h2" variant="h2" id="issued" ref={heading} tabIndex={-1}>
        {say('helpDesk.issued', { account: issued.account })}
      </Typography>
      <Box
        component="p"
        data-issued-code
        sx={{
          fontFamily: monospace,
          fontSize: { xs: '1.75rem', sm: '2.5rem' },
          fontWeight: 700,
          letterSpacing: '0.08em',
          my: 3,
          overflowWrap: 'anywhere',
          userSelect: 'all',
        }}
      >
        {issued.code}
      </Box>
      <Alert severity="warning" sx={{ mb: 2 }}>
        {say('helpDesk.once')}
      </Alert>
      <Typography>
        {say('helpDesk.validBefore')} <Moment at={issued.expiresAt} />.
      </Typography>
      <Typography sx={{ mb: 3 }}>{say('helpDesk.next')}</Typography>
      <Button variant="contained" onClick={onHandedOver}>
        {say('helpDesk.gone')}
      </Button>
    </Paper>
  );
}
