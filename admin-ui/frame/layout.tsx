import { Box, Drawer } from '@mui/material';
import { Suspense, useState, type ReactNode } from 'react';
import { Loading, usePermissions } from 'react-admin';
import { useLocation } from 'react-router-dom';
import { AlarmNotice } from '../alarms/alarm-notice.tsx';
import { LiveUpdates } from '../live/live-updates.tsx';
import { LogNotice } from '../log/log-notice.tsx';
import { HaltNotice } from '../officers/halt-notice.tsx';
import type { Role } from '../records.ts';
import { useSay } from '../say.ts';
import { EndingNotice } from '../session/ending-notice.tsx';
import { Bar } from './bar.tsx';
import { Boundary } from './boundary.tsx';
import { Menu } from './menu.tsx';

const MENU_WIDTH = 280;

/** Bar, pages and the page itself as landmarks. The menu stands beside the page, or behind a button where there is no room. */
export function ConsoleLayout({ children }: { children: ReactNode }) {
  const say = useSay();
  const { pathname } = useLocation();
  const { permissions } = usePermissions<Role[]>();
  const [openAt, setOpenAt] = useState<string>();
  // Open on the page where it was opened: going to another page closes it.
  const menuOpen = openAt === pathname;
  return (
    <LiveUpdates enabled={(permissions ?? []).length > 0}>
      <SkipLink label={say('frame.skip')} />
      <Bar onMenu={() => setOpenAt(pathname)} />
      <Box sx={{ display: 'flex', minHeight: 'calc(100vh - 56px)', '@media print': { display: 'block', minHeight: 0 } }}>
        <Box
          sx={{
            display: { xs: 'none', md: 'block' },
            displayPrint: 'none',
            width: MENU_WIDTH,
            flex: 'none',
            borderRight: 1,
            borderColor: 'divider',
            bgcolor: 'background.paper',
          }}
        >
          <Menu />
        </Box>
        <Drawer
          open={menuOpen}
          onClose={() => setOpenAt(undefined)}
          sx={{ display: { md: 'none' } }}
          slotProps={{ paper: { sx: { width: MENU_WIDTH }, 'aria-label': say('frame.pages') } }}
        >
          <Menu />
        </Drawer>
        <Box component="main" id="main-content" tabIndex={-1} sx={{ flex: 1, minWidth: 0, outline: 'none' }}>
          <Box sx={{ displayPrint: 'none' }}>
            <EndingNotice />
            <LogNotice />
            <HaltNotice />
            <AlarmNotice />
          </Box>
          <Boundary key={pathname}>
            <Suspense fallback={<Loading />}>{children}</Suspense>
          </Boundary>
        </Box>
      </Box>
    </LiveUpdates>
  );
}

function SkipLink({ label }: { label: string }) {
  return (
    <Box
      component="a"
      href="#main-content"
      onClick={(event) => {
        event.preventDefault();
        document.getElementById('main-content')?.focus();
      }}
      sx={{
        displayPrint: 'none',
        position: 'fixed',
        left: 8,
        top: -80,
        zIndex: 'tooltip',
        px: 2,
        py: 1,
        bgcolor: 'background.paper',
        color: 'text.primary',
        borderRadius: 1,
        '&:focus': { top: 8 },
      }}
    >
      {label}
    </Box>
  );
}
