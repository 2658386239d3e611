import { REFUSALS } from '#domain/refusals.ts';
import HourglassTop from '@mui/icons-material/HourglassTop';
import { Box, Link as Anchor, Table, TableBody, TableCell, TableHead, TableRow, Typography } from '@mui/material';
import { Link } from 'react-router-dom';
import { Chip } from '../frame/chip.tsx';
import { Empty } from '../frame/empty.tsx';
import { Section } from '../frame/section.tsx';
import type { Approval } from '../records.ts';
import { useSay } from '../say.ts';
import { Since } from '../time/since.tsx';
import { inWords, useZone } from '../time/time-zone.ts';
import { ApprovalChip } from './approval-chip.tsx';
import { protectedInWords } from '#domain/protected-in-words.ts';
import { stageInWords } from './stage-in-words.ts';

type ApprovalTableProps = { title: string; approvals: Approval[]; empty: string; teach?: string; urgent?: boolean };

/** One group of approvals; the first cell is the link to where one decides. */
export function ApprovalTable({ title, approvals, empty, teach, urgent = false }: ApprovalTableProps) {
  const say = useSay();
  if (approvals.length === 0)
    return (
      <Section title={title}>
        <Empty title={empty}>{teach}</Empty>
      </Section>
    );
  return (
    <Section
      title={title}
      aside={
        urgent ? (
          <Chip tone="warning" icon={HourglassTop}>
            {String(approvals.length)}
          </Chip>
        ) : undefined
      }
    >
      <Box sx={{ overflowX: 'auto' }}>
        <Table aria-label={title}>
          <TableHead>
            <TableRow>
              <TableCell>{say('inbox.account')}</TableCell>
              <TableCell>{say('inbox.stage')}</TableCell>
              <TableCell>{say('word.from')}</TableCell>
              <TableCell>{say('inbox.asked')}</TableCell>
              <TableCell>{say('inbox.expires')}</TableCell>
              <TableCell>{say('word.state')}</TableCell>
            </TableRow>
          </TableHead>
          <TableBody>
            {approvals.map((approval) => (
              <Row key={approval.id} approval={approval} />
            ))}
          </TableBody>
        </Table>
      </Box>
    </Section>
  );
}

function Row({ approval }: { approval: Approval }) {
  const say = useSay();
  const [zone] = useZone();
  return (
    <TableRow hover>
      <TableCell component="th" scope="row">
        <Anchor
          component={Link}
          to={`/approvals/${encodeURIComponent(approval.id)}/show`}
          data-row
          sx={{ fontWeight: 650, py: 0.5, display: 'inline-block' }}
        >
          {approval.accountName ?? approval.reference}
        </Anchor>
        <Typography variant="body2" color="textSecondary">
          {approval.privilegedBecause && protectedInWords(approval.privilegedBecause)}
        </Typography>
        {approval.inPlaceOf && (
          <Typography variant="body2">
            {say('delegations.for', { name: approval.inPlaceOf.name, until: inWords(approval.inPlaceOf.until, zone) })}
          </Typography>
        )}
      </TableCell>
      <TableCell>{stageInWords(approval, say)}</TableCell>
      <TableCell>{approval.source}</TableCell>
      <TableCell>{approval.waitingSince ? <Since at={approval.waitingSince} /> : say('word.none')}</TableCell>
      <TableCell>
        {approval.state !== 'waiting' ? null : approval.expiresAt ? <Since at={approval.expiresAt} /> : say('word.none')}
      </TableCell>
      <TableCell>
        <ApprovalChip state={approval.state} over />
        {approval.state === 'waiting' && approval.whyNot && (
          <Typography variant="body2" color="textSecondary" sx={{ mt: 0.5 }}>
            {REFUSALS[approval.whyNot].words}
          </Typography>
        )}
      </TableCell>
    </TableRow>
  );
}
