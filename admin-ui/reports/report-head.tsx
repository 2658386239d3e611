import { Box, Link as Anchor, Typography } from '@mui/material';
import { Fact, Facts } from '../frame/facts.tsx';
import { Section } from '../frame/section.tsx';
import { Verbatim } from '../frame/verbatim.tsx';
import type { Report } from '../records.ts';
import { useSay } from '../say.ts';
import { monospace } from '../theme.ts';
import { inWords } from '../time/time-zone.ts';

/** On paper a time cannot be switched to another zone: here all of them are in UTC. */
const utc = (iso: string): string => inWords(iso, 'utc');

/** What an auditor needs to tie the numbers to the log: time, indexes, checkpoint, who cosigned it, who read it when. */
export function ReportHead({ report }: { report: Report }) {
  const say = useSay();
  const { framework, period, readBy, readAt, checkpoint, leaves, rows } = report;
  const standing = (status: Report['rows'][number]['status']) => rows.filter((row) => row.status === status).length;
  return (
    <>
      <Section title={say('reports.about')}>
        <Facts>
          <Fact term={say('reports.edition')}>{framework.edition}</Fact>
          <Fact term={say('reports.period')}>{say('reports.periodWords', { from: utc(period.from), to: utc(period.to) })}</Fact>
          <Fact term={say('reports.site')}>{window.location.origin}</Fact>
          {checkpoint ? (
            <CheckpointFacts report={report} checkpoint={checkpoint} />
          ) : (
            <Fact term={say('reports.checkpoint')}>{say('reports.noCheckpoint')}</Fact>
          )}
          <Fact term={say('reports.leaves')}>
            {leaves.first === null
              ? say('reports.noLeaves')
              : say('reports.leavesWords', { smart_count: leaves.count, first: leaves.first, last: leaves.last ?? leaves.first })}
            {leaves.uncounted > 0 && <Box>{say('reports.uncounted', { smart_count: leaves.uncounted })}</Box>}
          </Fact>
          <Fact term={say('reports.standing')}>
            {say('reports.standingWords', { rows: rows.length, met: standing('met'), part: standing('in part'), bank: standing('bank') })}
          </Fact>
          <Fact term={say('reports.readBy')}>{say('reports.readByWords', { name: readBy, at: utc(readAt) })}</Fact>
          <Fact term={say('reports.note')}>{framework.note}</Fact>
        </Facts>
      </Section>
      <Section title={say('reports.verify')}>
        <Typography sx={{ mb: 1.5 }}>{say('reports.aid')}</Typography>
        <Verbatim label={say('reports.commands')} text={commandsFor(period)} wrap />
        <Typography color="textSecondary" sx={{ mt: 1.5 }}>
          {say('reports.parts')} {say('reports.files')} <Served path="/log/checkpoint" />, <Served path="/log/policy" />
        </Typography>
      </Section>
    </>
  );
}

function CheckpointFacts({ report, checkpoint }: { report: Report; checkpoint: NonNullable<Report['checkpoint']> }) {
  const say = useSay();
  const { origin, size, root, publishedAt, witnesses } = checkpoint;
  const who = witnesses.map(({ name, cosignedAt }) => `${name} (${utc(cosignedAt)})`).join(', ');
  return (
    <>
      <Fact term={say('reports.log')}>{origin}</Fact>
      <Fact term={say('reports.checkpoint')}>{say('reports.checkpointWords', { size, at: publishedAt ? utc(publishedAt) : '' })}</Fact>
      <Fact term={say('reports.root')}>
        <Box component="span" sx={{ fontFamily: monospace, fontSize: '0.875em' }}>
          {root}
        </Box>
      </Fact>
      <Fact term={say('reports.cosigned')}>
        {say('reports.cosignedWords', { smart_count: witnesses.length, who })}
        {report.quorum && <Box>{say('reports.quorum', report.quorum)}</Box>}
      </Fact>
    </>
  );
}

/** A link whose whole target can be read, on paper too. */
function Served({ path }: { path: string }) {
  const { href } = new URL(path, window.location.origin);
  return (
    <Anchor href={href} sx={{ overflowWrap: 'anywhere' }}>
      {href}
    </Anchor>
  );
}

function commandsFor({ from, to }: Report['period']): string {
  return `countersign bundle --from ${from} --to ${to} --out evidence.zip
countersign verify evidence.zip --policy policy.tlog --checkpoint checkpoint.note`;
}
