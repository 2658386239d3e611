import { Box, Button, Typography } from '@mui/material';
import { useState } from 'react';
import { usePermissions } from 'react-admin';
import type { Role } from '../records.ts';
import { useSay } from '../say.ts';
import { useNames } from './use-comparison.ts';

/** The names behind a number, fetched when somebody asks for them. */
export function WhoTheyAre(props: { id: string; of: string; change: number; count: number; what: string }) {
  const say = useSay();
  const [open, setOpen] = useState(false);
  const { permissions } = usePermissions<Role[]>();
  const { data } = useNames(props.id, props.of, props.change, open);
  if (!permissions?.includes('administrator')) return null;
  if (!open)
    return (
      <Button size="small" onClick={() => setOpen(true)} aria-label={say('policies.found.showOf', { what: props.what })}>
        {say('policies.found.show')}
      </Button>
    );
  const more = data ? data.total - data.names.length : 0;
  return (
    <Box component="output" sx={{ display: 'block', maxWidth: 640 }}>
      <Typography variant="body2">
        {data ? data.names.join(', ') : say('policies.found.fetching')}
        {more > 0 && ` ${say('policies.found.more', { smart_count: more })}`}
      </Typography>
    </Box>
  );
}
