import { Alert, Box, Button, FormControlLabel, Checkbox, Stack, TextField, Typography } from '@mui/material';
import { useState } from 'react';
import { useGetIdentity, usePermissions } from 'react-admin';
import type { Comparison, PolicyText, Role } from '../records.ts';
import { useSay } from '../say.ts';
import { Moment } from '../time/moment.tsx';
import { useSign } from './use-policy.ts';

/** The signatures that a version still lacks: each over the comparison that this page shows, or over why there is none. */
export function Signing({ version, comparison }: { version: PolicyText; comparison: Comparison | undefined }) {
  const say = useSay();
  const { permissions } = usePermissions<Role[]>();
  const { identity } = useGetIdentity();
  const { sign, working, problem, message } = useSign(version.sha256);
  const [hurry, setHurry] = useState(false);
  const [reason, setReason] = useState('');
  if (!permissions?.includes('administrator')) return null;
  const isOwn = version.draftedBy !== null && version.draftedBy === identity?.id;
  const usable = comparison?.state === 'done' && comparison.stale === null ? comparison.sha256 : null;
  const without = hurry && reason.trim() !== '' ? { reason } : undefined;
  const by = usable !== null && !hurry ? { comparison: usable } : without;
  return (
    <Box>
      <Box component="output">
        {message && <Alert severity="success">{message}</Alert>}
        {problem && (
          <Alert severity="error" role="alert">
            {problem}
          </Alert>
        )}
      </Box>
      {version.inForce ? (
        <Typography color="textSecondary">{say('policies.isInForce')}</Typography>
      ) : (
        <>
          <Typography>{say(usable === null ? 'policies.sign.none' : 'policies.sign.over')}</Typography>
          {usable !== null && comparison?.found && (
            <Typography color="textSecondary">
              <Moment at={comparison.found.at} />, <code>{usable.slice(0, 16)}</code>
            </Typography>
          )}
          <FormControlLabel
            control={<Checkbox checked={hurry} onChange={(_, checked) => setHurry(checked)} />}
            label={say('policies.sign.hurry')}
            sx={{ mt: 1 }}
          />
          {hurry && (
            <TextField
              label={say('policies.sign.reason')}
              helperText={say('policies.sign.reasonHint')}
              value={reason}
              onChange={(event) => setReason(event.target.value)}
              multiline
              fullWidth
              slotProps={{ htmlInput: { maxLength: 1000 } }}
            />
          )}
          <Stack direction="row" spacing={1.5} useFlexGap sx={{ mt: 1.5, flexWrap: 'wrap', alignItems: 'center' }}>
            <Button variant="outlined" disabled={working || !by} onClick={() => by && void sign({ deed: 'draft', by })}>
              {say('policies.sign.draft')}
            </Button>
            <Button
              variant="contained"
              disabled={working || !by || version.draftedBy === null || isOwn}
              onClick={() => by && void sign({ deed: 'publish', by })}
            >
              {say('policies.sign.publish')}
            </Button>
            {(isOwn || version.draftedBy === null) && (
              <Typography color="textSecondary">{say(isOwn ? 'policies.own' : 'policies.unsigned')}</Typography>
            )}
          </Stack>
        </>
      )}
    </Box>
  );
}
