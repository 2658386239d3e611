import { Box, Link as Anchor, Paper, Table, TableBody, TableCell, TableHead, TableRow, Typography } from '@mui/material';
import { Link } from 'react-router-dom';
import { Chip } from '../frame/chip.tsx';
import type { Report } from '../records.ts';
import { useSay } from '../say.ts';
import { monospace } from '../theme.ts';
import { inWords } from '../time/time-zone.ts';
import type { Days } from './period.ts';

type Row = Report['rows'][number];

const STANDINGS = {
  met: { tone: 'success', word: 'met' },
  'in part': { tone: 'warning', word: 'part' },
  bank: { tone: 'info', word: 'bank' },
} as const;

/** A row a clause. On paper the headings stand on each page and no row is torn apart. */
export function ReportRows({ report, days }: { report: Report; days: Days }) {
  const say = useSay();
  return (
    <Paper
      component="section"
      tabIndex={0}
      aria-label={say('reports.rows')}
      sx={{ overflowX: 'auto', '@media print': { overflow: 'visible', border: 0 } }}
    >
      <Table
        size="small"
        aria-label={say('reports.rows')}
        sx={{
          minWidth: 760,
          '& td, & th': { verticalAlign: 'top' },
          '& thead': { displayPrint: 'table-header-group' },
          '@media print': {
            minWidth: 0,
            '& tr': { breakInside: 'avoid' },
            '& td, & th': { fontSize: '8pt', '&&&': { padding: '4pt 5pt' } },
          },
        }}
      >
        <TableHead>
          <TableRow sx={{ display: 'none', displayPrint: 'table-row' }}>
            <TableCell colSpan={3} sx={{ whiteSpace: 'normal', fontWeight: 400 }}>
              <Tie report={report} />
            </TableCell>
          </TableRow>
          <TableRow>
            <TableCell sx={{ width: '12%' }}>{say('reports.clause')}</TableCell>
            <TableCell sx={{ width: '43%' }}>{say('reports.how')}</TableCell>
            <TableCell sx={{ width: '45%' }}>{say('reports.evidence')}</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {report.rows.map((row) => (
            <TableRow key={row.clause}>
              <TableCell component="th" scope="row">
                <Box sx={{ fontWeight: 650, mb: 0.75 }}>{row.clause}</Box>
                <Chip tone={STANDINGS[row.status].tone}>{say(`reports.status.${STANDINGS[row.status].word}`)}</Chip>
              </TableCell>
              <TableCell>
                <How row={row} />
              </TableCell>
              <TableCell>
                <Evidence row={row} days={days} />
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Paper>
  );
}

/** On every sheet, so that one that is taken out of the pile can still be tied to the log. */
function Tie({ report: { framework, period, checkpoint, readBy, readAt } }: { report: Report }) {
  const say = useSay();
  const said = {
    title: framework.title,
    edition: framework.edition,
    from: inWords(period.from, 'utc'),
    to: inWords(period.to, 'utc'),
    name: readBy,
    at: inWords(readAt, 'utc'),
  };
  if (!checkpoint) return say('reports.tieNone', said);
  const { origin, size, root } = checkpoint;
  return say('reports.tie', { ...said, log: origin, size, root });
}

function How({ row: { requirement, how, conflict, bank } }: { row: Row }) {
  const say = useSay();
  return (
    <Box sx={{ '& > * + *': { mt: 0.75 } }}>
      <Box sx={{ fontWeight: 600 }}>{requirement}</Box>
      <Box>{how}</Box>
      {conflict && <Box>{say('reports.conflict', { what: conflict })}</Box>}
      {bank && <Box sx={{ pl: 1, borderLeft: 3, borderColor: 'divider' }}>{say('reports.bank', { what: bank })}</Box>}
    </Box>
  );
}

const plainList = { m: 0, p: 0, listStyle: 'none' } as const;

function Evidence({ row: { leaves, testOnly, tests }, days }: { row: Row; days: Days }) {
  const say = useSay();
  return (
    <>
      {testOnly && <Box>{testOnly}</Box>}
      {leaves.length > 0 && (
        <Box component="ul" sx={plainList}>
          {leaves.map((counted) => (
            <li key={counted.type}>
              <Kind counted={counted} days={days} />
            </li>
          ))}
        </Box>
      )}
      <Typography variant="body2" color="textSecondary" sx={{ mt: 1, fontSize: 'inherit' }}>
        {say('reports.tests')}
      </Typography>
      <Box component="ul" sx={{ ...plainList, fontSize: '0.92em' }}>
        {[...Map.groupBy(tests, ({ file }) => file)].map(([file, ofFile]) => (
          <Box component="li" key={file} sx={{ overflowWrap: 'anywhere' }}>
            <Box component="span" sx={{ fontFamily: monospace, fontSize: '0.92em' }}>
              {file}
            </Box>
            {ofFile.map(({ title }) => (
              <Box key={title} sx={{ pl: 1 }}>
                {title}
              </Box>
            ))}
          </Box>
        ))}
      </Box>
    </>
  );
}

function Kind({ counted: { type, count, first, last }, days }: { counted: Row['leaves'][number]; days: Days }) {
  const say = useSay();
  const name = (
    <Box component="span" sx={{ fontFamily: monospace, fontSize: '0.92em' }}>
      {type}
    </Box>
  );
  if (count === 0 || first === null)
    return (
      <>
        {name}: {say('reports.none')}
      </>
    );
  const filter = encodeURIComponent(JSON.stringify({ type, from: days.from, to: days.to }));
  return (
    <>
      <Anchor
        component={Link}
        to={`/audit?filter=${filter}`}
        aria-label={say('reports.showLeaves', { type })}
        sx={{ '@media print': { textDecoration: 'none' } }}
      >
        {name}
      </Anchor>
      : {say('reports.counted', { smart_count: count, first, last: last ?? first })}
    </>
  );
}
