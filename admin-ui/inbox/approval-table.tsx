import { REFUSALS } from '#domain/refusals.ts';
import HourglassTop from '@mui/icons-material/HourglassTop';
import { Box, Checkbox, Link as Anchor, Table, TableBody, TableCell, TableHead, TableRow, Tooltip, Typography } from '@mui/material';
import { Link } from 'react-router-dom';
import { Chip } from '../frame/chip.tsx';
import { Empty } from '../frame/empty.tsx';
import { Section } from '../frame/section.tsx';
import type { Approval } from '../records.ts';
import { useSay } from '../say.ts';
import { monospace } from '../theme.ts';
import { Since } from '../time/since.tsx';
import { inWords, useZone } from '../time/time-zone.ts';
import { ApprovalChip } from './approval-chip.tsx';
import { MOST_CHOSEN } from './chosen.ts';
import { protectedInWords } from '#domain/protected-in-words.ts';
import { stageInWords } from './stage-in-words.ts';

type ApprovalTableProps = {
  title: string;
  approvals: Approval[];
  empty: string;
  teach?: string;
  /** How many there are on all pages, where that is known and urges. */
  count?: number;
  /** Ids of the rows that are chosen to be decided one after another. */
  chosen?: readonly string[];
  onChosen?: (chosen: readonly string[]) => void;
};

/** One group of approvals; the first cell is the link to where one decides. */
export function ApprovalTable({ title, approvals, empty, teach, count, chosen, onChosen }: ApprovalTableProps) {
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
        count ? (
          <Chip tone="warning" icon={HourglassTop}>
            {String(count)}
          </Chip>
        ) : undefined
      }
    >
      <Box sx={{ overflowX: 'auto' }}>
        <Table aria-label={title}>
          <TableHead>
            <TableRow>
              {onChosen && <TableCell padding="checkbox">{say('inbox.chooseHead')}</TableCell>}
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
              <Row
                key={approval.id}
                approval={approval}
                {...(chosen && onChosen ? { choice: choiceOf(approval.id, chosen, onChosen) } : {})}
              />
            ))}
          </TableBody>
        </Table>
      </Box>
    </Section>
  );
}

type Choice = { isChosen: boolean; mayChoose: boolean; choose: () => void };

function choiceOf(id: string, chosen: readonly string[], onChosen: (chosen: readonly string[]) => void): Choice {
  const isChosen = chosen.includes(id);
  return {
    isChosen,
    mayChoose: isChosen || chosen.length < MOST_CHOSEN,
    choose: () => onChosen(isChosen ? chosen.filter((other) => other !== id) : [...chosen, id]),
  };
}

function Row({ approval, choice }: { approval: Approval; choice?: Choice }) {
  const say = useSay();
  const [zone] = useZone();
  return (
    <TableRow hover>
      {choice && (
        <TableCell padding="checkbox">
          <Tooltip title={choice.mayChoose ? '' : say('inbox.mostChosen', { most: MOST_CHOSEN })}>
            <span>
              <Checkbox
                checked={choice.isChosen}
                disabled={!choice.mayChoose}
                onChange={choice.choose}
                slotProps={{
                  input: {
                    'aria-label': say('inbox.choose', { code: approval.requestCode, name: approval.accountName ?? approval.reference }),
                  },
                }}
              />
            </span>
          </Tooltip>
        </TableCell>
      )}
      <TableCell component="th" scope="row">
        <Anchor
          component={Link}
          to={`/approvals/${encodeURIComponent(approval.id)}/show`}
          data-row
          sx={{ fontWeight: 650, py: 0.5, display: 'inline-block' }}
        >
          {approval.accountName ?? approval.reference}
        </Anchor>
        <Typography variant="body2" sx={{ fontFamily: monospace }}>
          {approval.requestCode}
        </Typography>
        <Typography variant="body2" color="textSecondary">
          {approval.privilegedBecause && protectedInWords(approval.privilegedBecause)}
        </Typography>
        {approval.operation !== 'new-password' && <Typography variant="body2">{say(`operation.${approval.operation}`)}</Typography>}
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
