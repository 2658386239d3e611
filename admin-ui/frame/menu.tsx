import Devices from '@mui/icons-material/Devices';
import Dns from '@mui/icons-material/Dns';
import FactCheck from '@mui/icons-material/FactCheck';
import Gavel from '@mui/icons-material/Gavel';
import GroupAdd from '@mui/icons-material/GroupAdd';
import GppMaybe from '@mui/icons-material/GppMaybe';
import InboxIcon from '@mui/icons-material/Inbox';
import LockReset from '@mui/icons-material/LockReset';
import MarkEmailUnread from '@mui/icons-material/MarkEmailUnread';
import NotificationsActive from '@mui/icons-material/NotificationsActive';
import Summarize from '@mui/icons-material/Summarize';
import RateReview from '@mui/icons-material/RateReview';
import SupportAgent from '@mui/icons-material/SupportAgent';
import SwapHoriz from '@mui/icons-material/SwapHoriz';
import Verified from '@mui/icons-material/Verified';
import { Box, List, ListItem, ListItemButton, ListItemIcon, ListItemText } from '@mui/material';
import { usePermissions } from 'react-admin';
import { NavLink } from 'react-router-dom';
import type { Role } from '../records.ts';
import { useSay } from '../say.ts';
import { ADDRESSES, pagesFor } from '../session/grants.ts';
import { OnlyHeard } from './only-heard.tsx';
import { useSummary } from '../provider/use-summary.ts';

const ICONS = {
  inbox: InboxIcon,
  delegations: SwapHoriz,
  resets: LockReset,
  messages: MarkEmailUnread,
  alarms: NotificationsActive,
  officers: GppMaybe,
  reviews: RateReview,
  campaigns: GroupAdd,
  devices: Devices,
  policies: Gavel,
  audit: FactCheck,
  log: Verified,
  controllers: Dns,
  reports: Summarize,
  helpDesk: SupportAgent,
};

/** The pages that this person's roles are for; the inbox says how many decisions wait for them. */
export function Menu() {
  const say = useSay();
  const { permissions } = usePermissions<Role[]>();
  const summary = useSummary();
  const waiting = summary?.approvalsWaitingForMe ?? 0;
  const alarms = summary?.openAlarms ?? 0;
  const reviews = summary?.openReviews ?? 0;
  const unread = summary?.unreadMessages ?? 0;
  const acts = summary?.actsWaitingForMe ?? 0;
  return (
    <Box component="nav" aria-label={say('frame.pages')} sx={{ position: 'sticky', top: 56, p: 1.5 }}>
      <List disablePadding>
        {pagesFor(permissions ?? []).map((page) => {
          const Icon = ICONS[page];
          return (
            <ListItem key={page} disablePadding sx={{ mb: 0.5 }}>
              <ListItemButton
                component={NavLink}
                to={ADDRESSES[page]}
                sx={{
                  borderRadius: 1,
                  '&.active': { bgcolor: 'action.selected', color: 'primary.main', '& .MuiListItemIcon-root': { color: 'inherit' } },
                }}
              >
                <ListItemIcon sx={{ minWidth: 38 }}>
                  <Icon />
                </ListItemIcon>
                <ListItemText primary={say(`page.${page}`)} slotProps={{ primary: { sx: { fontWeight: 600 } } }} />
                {page === 'alarms' && alarms > 0 && <Count waiting={alarms} label={say('alarms.open', { smart_count: alarms })} />}
                {page === 'messages' && unread > 0 && <Count waiting={unread} label={say('messages.unread', { smart_count: unread })} />}
                {page === 'officers' && acts > 0 && <Count waiting={acts} label={say('officers.waiting', { smart_count: acts })} />}
                {page === 'reviews' && reviews > 0 && <Count waiting={reviews} label={say('reviews.waiting', { smart_count: reviews })} />}
                {page === 'inbox' && waiting > 0 && (
                  <Count waiting={waiting} label={say('frame.waitingForYou', { smart_count: waiting })} />
                )}
              </ListItemButton>
            </ListItem>
          );
        })}
      </List>
    </Box>
  );
}

function Count({ waiting, label }: { waiting: number; label: string }) {
  return (
    <Box
      component="span"
      sx={{
        bgcolor: 'warning.main',
        color: 'warning.contrastText',
        borderRadius: 5,
        px: 1,
        fontSize: '0.8125rem',
        fontWeight: 700,
        minWidth: 24,
        textAlign: 'center',
      }}
    >
      <span aria-hidden>{waiting}</span>
      <OnlyHeard>{label}</OnlyHeard>
    </Box>
  );
}
