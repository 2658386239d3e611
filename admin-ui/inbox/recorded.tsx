import { Button, Stack, Typography } from '@mui/material';
import { useEffect, useRef } from 'react';
import { Link } from 'react-router-dom';
import type { Approval } from '../records.ts';
import { useSay } from '../say.ts';

/** What the server answered to a decision, and where to go from here. Takes the focus, since the form is gone. */
export function Recorded({ approval, message }: { approval: Approval; message: string }) {
  const say = useSay();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <Stack spacing={2}>
      <Typography component="h3" variant="h3" ref={heading} tabIndex={-1} sx={{ outline: 'none' }}>
        {say('decision.recorded')}
      </Typography>
      <Typography>{message}</Typography>
      <Stack direction="row" sx={{ flexWrap: 'wrap', gap: 1 }}>
        <Button component={Link} to="/approvals" variant="contained">
          {say('decision.backToInbox')}
        </Button>
        <Button component={Link} to={`/resets/${encodeURIComponent(approval.resetId)}/show`}>
          {say('decision.seeReset')}
        </Button>
      </Stack>
    </Stack>
  );
}
