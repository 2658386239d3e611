import { LEAF_TYPES, type LeafType } from '#domain/leaf-types.ts';
import ExpandLess from '@mui/icons-material/ExpandLess';
import ExpandMore from '@mui/icons-material/ExpandMore';
import { Box, IconButton, Link as Anchor, Table, TableBody, TableCell, TableHead, TableRow, Typography } from '@mui/material';
import { Fragment, useState } from 'react';
import { Link } from 'react-router-dom';
import { OpenedValues } from '../evidence/opened-values.tsx';
import { Copyable } from '../frame/copyable.tsx';
import { Guid } from '../frame/guid.tsx';
import { JsonBlock } from '../frame/json-block.tsx';
import type { AuditEvent } from '../records.ts';
import { OutcomeMark } from '../resets/outcome-mark.tsx';
import { useSay } from '../say.ts';
import { monospace } from '../theme.ts';
import { Moment } from '../time/moment.tsx';

/** One row a leaf, and under it the leaf exactly as recorded when somebody asks for it. */
export function AuditTable({ events }: { events: AuditEvent[] }) {
  const say = useSay();
  return (
    <Table size="small" aria-label={say('audit.table')}>
      <TableHead>
        <TableRow>
          <TableCell>{say('reset.leaf')}</TableCell>
          <TableCell>{say('audit.at')}</TableCell>
          <TableCell>{say('audit.event')}</TableCell>
          <TableCell>{say('audit.outcome')}</TableCell>
          <TableCell>{say('audit.actor')}</TableCell>
          <TableCell>{say('word.account')}</TableCell>
          <TableCell>{say('word.reset')}</TableCell>
        </TableRow>
      </TableHead>
      <TableBody>
        {events.map((event) => (
          <Row key={event.id} event={event} />
        ))}
      </TableBody>
    </Table>
  );
}

function Row({ event }: { event: AuditEvent }) {
  const say = useSay();
  const [open, setOpen] = useState(false);
  const label = `${say(open ? 'audit.hide' : 'audit.show')} ${event.seq}`;
  return (
    <Fragment>
      <TableRow hover>
        <TableCell sx={{ whiteSpace: 'nowrap' }}>
          <IconButton size="small" aria-label={label} aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? <ExpandLess fontSize="inherit" /> : <ExpandMore fontSize="inherit" />}
          </IconButton>{' '}
          {event.seq}
        </TableCell>
        <TableCell sx={{ whiteSpace: 'nowrap' }}>
          <Moment at={event.at} />
        </TableCell>
        <TableCell component="th" scope="row">
          <Box
            component="span"
            title={Object.hasOwn(LEAF_TYPES, event.type) ? LEAF_TYPES[event.type as LeafType] : undefined}
            sx={{ fontFamily: monospace, fontSize: '0.8125rem', whiteSpace: 'nowrap' }}
          >
            {event.type}
          </Box>
          {event.reason && (
            <Typography variant="body2" color="textSecondary" sx={{ overflowWrap: 'anywhere' }}>
              {event.reason}
            </Typography>
          )}
        </TableCell>
        <TableCell>
          <Box
            component="span"
            sx={{ display: 'inline-flex', alignItems: 'center', gap: 0.75, whiteSpace: 'nowrap', '& svg': { fontSize: 18 } }}
          >
            <OutcomeMark outcome={event.outcome} />
            {say(`outcome.${event.outcome}`)}
          </Box>
        </TableCell>
        <TableCell sx={{ minWidth: '8rem' }}>{event.actor && <Guid value={event.actor} />}</TableCell>
        <TableCell sx={{ minWidth: '7rem' }}>{event.account && <Guid value={event.account} />}</TableCell>
        <TableCell>
          {event.reset && (
            <Anchor
              component={Link}
              to={`/resets/${encodeURIComponent(event.reset)}/show`}
              sx={{ fontFamily: monospace, fontSize: '0.8125rem' }}
            >
              {event.reset.slice(-8)}
            </Anchor>
          )}
        </TableCell>
      </TableRow>
      {open && (
        <TableRow>
          <TableCell colSpan={7} sx={{ bgcolor: 'background.default' }}>
            <Typography component="div" sx={{ display: 'flex', alignItems: 'center', gap: 1, mb: 1, fontWeight: 600 }}>
              {say('audit.leaf')}: <Copyable value={event.id} what={say('reset.leaf')} />
            </Typography>
            <JsonBlock value={event.leaf} label={say('audit.leafOf', { seq: event.seq })} />
            <OpenedValues leaf={event.id} />
          </TableCell>
        </TableRow>
      )}
    </Fragment>
  );
}
