import Key from '@mui/icons-material/Key';
import { Alert, Box, Button, Dialog, DialogActions, DialogContent, DialogTitle, Stack, Typography } from '@mui/material';
import { useState } from 'react';
import { useConsoleData } from '../provider/use-console-data.ts';
import type { OwnKey } from '../records.ts';
import { useSay } from '../say.ts';
import { Moment } from '../time/moment.tsx';
import { signRemoved } from './use-a-key.ts';
import { useDeed } from './use-deed.ts';

/** The person's keys, each with the way to be rid of it. */
export function KeyList({ keys, onRemoved }: { keys: readonly OwnKey[]; onRemoved: () => void }) {
  const say = useSay();
  const [leaving, setLeaving] = useState<OwnKey>();
  return (
    <>
      <Stack component="ul" spacing={1.5} sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {keys.map((key) => (
          <Stack component="li" key={key.id} direction="row" spacing={2} sx={{ alignItems: 'center', flexWrap: 'wrap' }}>
            <Key color="action" aria-hidden />
            <Box sx={{ flex: '1 1 12rem', minWidth: 0, overflowWrap: 'anywhere' }}>
              <Typography sx={{ fontWeight: 650 }}>{key.name}</Typography>
              <Typography variant="body2" color="textSecondary">
                {say('keys.since')} <Moment at={key.enrolledAt} />
              </Typography>
            </Box>
            <Button onClick={() => setLeaving(key)} aria-label={say('keys.removeOf', { name: key.name })}>
              {say('keys.remove')}
            </Button>
          </Stack>
        ))}
      </Stack>
      {leaving && (
        <RemoveDialog
          key={leaving.id}
          leaving={leaving}
          isLast={keys.length === 1}
          onClose={() => setLeaving(undefined)}
          onRemoved={() => {
            setLeaving(undefined);
            onRemoved();
          }}
        />
      )}
    </>
  );
}

type RemoveDialogProps = { leaving: OwnKey; isLast: boolean; onClose: () => void; onRemoved: () => void };

function RemoveDialog({ leaving, isLast, onClose, onRemoved }: RemoveDialogProps) {
  const say = useSay();
  const data = useConsoleData();
  const { run, working, problem } = useDeed({
    confirm: async (id: string) => {
      const ceremony = await data.beginKey('remove');
      return { ceremony: ceremony.ceremony, assertion: await signRemoved(ceremony, id) };
    },
    send: (confirmed, key) => data.removeKey(leaving.id, confirmed, key),
    touches: ['passkeys'],
  });
  return (
    <Dialog open onClose={onClose} aria-labelledby="remove-title">
      <DialogTitle id="remove-title">{say('keys.removeAsk', { name: leaving.name })}</DialogTitle>
      <DialogContent>
        {problem && (
          <Alert severity="error" role="alert" sx={{ mb: 2 }}>
            {problem}
          </Alert>
        )}
        <Typography>{say('keys.removeTeach')}</Typography>
        {isLast && <Typography sx={{ mt: 1.5 }}>{say('keys.removeLast')}</Typography>}
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>{say('keys.cancel')}</Button>
        <Button
          variant="contained"
          color="error"
          disabled={working}
          onClick={() => void run(leaving.id).then((outcome) => (outcome === 'done' ? onRemoved() : undefined))}
        >
          {say(working ? 'word.working' : 'keys.remove')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
