import AccountCircle from '@mui/icons-material/AccountCircle';
import Key from '@mui/icons-material/Key';
import Logout from '@mui/icons-material/Logout';
import { Box, Button, Divider, ListItemIcon, Menu, MenuItem, Typography } from '@mui/material';
import { useState } from 'react';
import { useGetIdentity, useLogout } from 'react-admin';
import { Link } from 'react-router-dom';
import type { Role } from '../records.ts';
import { useSay } from '../say.ts';
import { useShortcuts } from './use-shortcuts.ts';

/** Who is signed in and as what, their keys, the switch for single-key shortcuts (WCAG 2.1.4), and the way out. */
export function SessionMenu() {
  const say = useSay();
  const logout = useLogout();
  const { identity } = useGetIdentity();
  const [shortcuts, setShortcuts] = useShortcuts();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const roles = ((identity?.['roles'] ?? []) as Role[]).map((role) => say(`role.${role}`));
  return (
    <>
      <Button
        color="inherit"
        aria-label={`${say('frame.account')}: ${identity?.fullName ?? ''}`}
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        startIcon={<AccountCircle />}
        onClick={(event) => setAnchor(event.currentTarget)}
      >
        <Box component="span" sx={{ maxWidth: '12rem', overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>
          {identity?.fullName ?? ''}
        </Box>
      </Button>
      <Menu anchorEl={anchor} open={anchor !== null} onClose={() => setAnchor(null)} slotProps={{ paper: { sx: { minWidth: 260 } } }}>
        <Box component="li" role="none" sx={{ px: 2, py: 1 }}>
          <Typography sx={{ fontWeight: 600 }}>{identity?.fullName}</Typography>
          <Typography variant="body2" color="textSecondary">
            {say('frame.roles', { roles: roles.join(', ') || say('word.none') })}
          </Typography>
        </Box>
        <Divider component="li" role="none" />
        <MenuItem role="menuitemcheckbox" aria-checked={shortcuts} onClick={() => setShortcuts(!shortcuts)}>
          <ListItemIcon aria-hidden>{shortcuts ? '✓' : ''}</ListItemIcon>
          {say('frame.shortcuts')}
        </MenuItem>
        <MenuItem component={Link} to="/security-keys" onClick={() => setAnchor(null)}>
          <ListItemIcon>
            <Key fontSize="small" />
          </ListItemIcon>
          {say('page.keys')}
        </MenuItem>
        <MenuItem onClick={() => void logout()}>
          <ListItemIcon>
            <Logout fontSize="small" />
          </ListItemIcon>
          {say('frame.signOut')}
        </MenuItem>
      </Menu>
    </>
  );
}
