import { Box, TextField } from '@mui/material';
import { useEffect, useState } from 'react';
import { useSay } from '../say.ts';

/** Typing is over when it has paused so long. */
const PAUSE_MS = 400;

/** Finds approvals by request code, name or reference, once the typing pauses. */
export function FindField({ applied, onFind }: { applied: string; onFind: (typed: string) => void }) {
  const say = useSay();
  const [typed, setTyped] = useState(applied);
  const [seen, setSeen] = useState(applied);
  // Another way of changing what is looked for (back, a link) shows here too.
  if (seen !== applied) {
    setSeen(applied);
    if (typed.trim() !== applied) setTyped(applied);
  }
  useEffect(() => {
    if (typed.trim() === applied) return undefined;
    const timer = setTimeout(() => onFind(typed.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, applied, onFind]);
  return (
    <Box component="search" aria-label={say('word.filters')}>
      <TextField
        id="find"
        label={say('inbox.find')}
        helperText={say('inbox.findHint')}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        sx={{ width: 340, maxWidth: '100%' }}
        slotProps={{ htmlInput: { maxLength: 256, spellCheck: false, autoComplete: 'off' } }}
      />
    </Box>
  );
}
