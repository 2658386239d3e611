import { Button, Dialog, DialogActions, DialogContent, DialogTitle, Typography } from '@mui/material';
import { useState } from 'react';
import { Fact, Facts } from '../frame/facts.tsx';
import { useKeys, useShortcuts } from '../frame/use-shortcuts.ts';
import { useSay } from '../say.ts';

const KEYS = [
  ['j', 'down'],
  ['k', 'up'],
  ['Enter', 'open'],
  ['x', 'choose'],
  ['a', 'approve'],
  ['d', 'deny'],
  ['?', 'help'],
] as const;

/** Says that single keys act here, and which; nothing while they are switched off. */
export function ShortcutHelp() {
  const say = useSay();
  const [shortcuts] = useShortcuts();
  const [open, setOpen] = useState(false);
  useKeys(shortcuts && !open, { '?': () => setOpen(true) });
  if (!shortcuts) return null;
  return (
    <>
      <Typography variant="body2" color="textSecondary">
        {say('inbox.keys')}
      </Typography>
      <Dialog open={open} onClose={() => setOpen(false)} aria-labelledby="shortcuts">
        <DialogTitle id="shortcuts">{say('frame.shortcuts')}</DialogTitle>
        <DialogContent>
          <Facts>
            {KEYS.map(([key, does]) => (
              <Fact key={key} term={key}>
                {say(`shortcut.${does}`)}
              </Fact>
            ))}
          </Facts>
        </DialogContent>
        <DialogActions>
          <Button onClick={() => setOpen(false)}>{say('shortcut.close')}</Button>
        </DialogActions>
      </Dialog>
    </>
  );
}
