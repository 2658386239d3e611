import DarkMode from '@mui/icons-material/DarkMode';
import LightMode from '@mui/icons-material/LightMode';
import MenuIcon from '@mui/icons-material/Menu';
import Schedule from '@mui/icons-material/Schedule';
import { Box, Button, IconButton, Tooltip, Typography } from '@mui/material';
import { useTheme } from '@mui/material/styles';
import { useTheme as useThemeChoice } from 'react-admin';
import { Link } from 'react-router-dom';
import { useLive } from '../live/live-updates.tsx';
import { useSay } from '../say.ts';
import { useZone } from '../time/time-zone.ts';
import { Mark } from './mark.tsx';
import { SessionMenu } from './session-menu.tsx';

/** The product, whether the page is live, the two choices of how to look at it, and the session. */
export function Bar({ onMenu }: { onMenu: () => void }) {
  const say = useSay();
  return (
    <Box
      component="header"
      sx={{
        // Where there is little room, the page needs it more than the bar.
        position: { xs: 'static', md: 'sticky' },
        top: 0,
        zIndex: 'appBar',
        minHeight: 56,
        px: { xs: 1, sm: 2 },
        display: 'flex',
        displayPrint: 'none',
        flexWrap: 'wrap',
        alignItems: 'center',
        gap: 1,
        bgcolor: 'background.paper',
        borderBottom: 1,
        borderColor: 'divider',
      }}
    >
      <IconButton aria-label={say('frame.openMenu')} onClick={onMenu} sx={{ display: { md: 'none' } }}>
        <MenuIcon />
      </IconButton>
      <Box
        component={Link}
        to="/"
        sx={{ display: 'flex', alignItems: 'center', gap: 1.25, color: 'text.primary', textDecoration: 'none', mr: 'auto' }}
      >
        <Mark />
        <Typography component="span" sx={{ fontWeight: 700, letterSpacing: '-0.01em' }}>
          {say('product')}
        </Typography>
        <Typography component="span" color="textSecondary" sx={{ display: { xs: 'none', sm: 'inline' } }}>
          {say('console')}
        </Typography>
      </Box>
      <LiveSign />
      <ZoneButton />
      <ThemeButton />
      <SessionMenu />
    </Box>
  );
}

function LiveSign() {
  const say = useSay();
  const liveness = useLive();
  const live = liveness === 'live';
  return (
    <Tooltip title={say(`liveHint.${liveness}`)}>
      <Box
        component="output"
        sx={{
          display: 'inline-flex',
          alignItems: 'center',
          gap: 0.75,
          px: 1,
          fontSize: '0.8125rem',
          color: live ? 'success.main' : 'warning.main',
        }}
      >
        <Box
          component="span"
          aria-hidden
          sx={{
            width: 9,
            height: 9,
            borderRadius: live ? '50%' : 0,
            bgcolor: live ? 'currentColor' : 'transparent',
            border: 2,
            borderColor: 'currentColor',
          }}
        />
        {say(`liveness.${liveness}`)}
      </Box>
    </Tooltip>
  );
}

function ZoneButton() {
  const say = useSay();
  const [zone, setZone] = useZone();
  const utc = zone === 'utc';
  return (
    <Tooltip describeChild title={say(utc ? 'frame.toLocal' : 'frame.toUtc')}>
      <Button size="small" color="inherit" startIcon={<Schedule />} onClick={() => setZone(utc ? 'local' : 'utc')}>
        {say(utc ? 'frame.utc' : 'frame.local')}
      </Button>
    </Tooltip>
  );
}

function ThemeButton() {
  const say = useSay();
  const [, choose] = useThemeChoice();
  const dark = useTheme().palette.mode === 'dark';
  const label = say(dark ? 'frame.toLight' : 'frame.toDark');
  return (
    <Tooltip title={label}>
      <IconButton aria-label={label} onClick={() => choose(dark ? 'light' : 'dark')}>
        {dark ? <LightMode /> : <DarkMode />}
      </IconButton>
    </Tooltip>
  );
}
