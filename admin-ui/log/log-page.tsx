import { Link as Anchor, Stack, Typography } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { Fact, Facts } from '../frame/facts.tsx';
import { Gate } from '../frame/gate.tsx';
import { Page } from '../frame/page.tsx';
import { Section } from '../frame/section.tsx';
import { Verbatim } from '../frame/verbatim.tsx';
import { Waiting } from '../frame/waiting.tsx';
import { useConsoleData } from '../provider/use-console-data.ts';
import type { Checkpoint, LogStanding } from '../records.ts';
import { useSay } from '../say.ts';
import { Moment } from '../time/moment.tsx';
import { whyInWords } from './log-notice.tsx';
import { useLog } from './use-log.ts';
import { Witnesses } from './witnesses.tsx';

/** Where the evidence log stands, who witnesses it, and its last checkpoint. */
export function LogPage() {
  return (
    <Gate page="log">
      <TheLog />
    </Gate>
  );
}

function TheLog() {
  const say = useSay();
  const data = useConsoleData();
  const log = useLog();
  // A new checkpoint has a new time: by it the page knows that there is one to read.
  const { data: checkpoints } = useQuery({
    queryKey: ['checkpoints', log?.publishedAt],
    queryFn: ({ signal }) => data.checkpoints(signal),
    placeholderData: (before) => before,
    retry: false,
  });
  const last = checkpoints?.[0];
  return (
    <Page title={say('page.log')} lead={say('evidence.log.lead')}>
      {log ? <Standing log={log} /> : <Waiting />}
      {log && <Witnesses witnesses={log.witnesses} checkpoint={last} />}
      {last && <LastCheckpoint checkpoint={last} />}
    </Page>
  );
}

function Standing({ log }: { log: LogStanding }) {
  const say = useSay();
  return (
    <Section title={say('evidence.log.standing')}>
      <Facts>
        <Fact term={say('evidence.log.now')}>{log.waits ? whyInWords(log, say) : say('evidence.log.flows')}</Fact>
        <Fact term={say('evidence.log.origin')}>{log.origin}</Fact>
        <Fact term={say('evidence.log.size')}>{log.size}</Fact>
        <Fact term={say('evidence.log.published')}>{log.publishedSize}</Fact>
        <Fact term={say('evidence.log.publishedAt')}>{log.publishedAt ? <Moment at={log.publishedAt} /> : say('evidence.log.never')}</Fact>
        {log.quorum && <Fact term={say('evidence.log.quorum')}>{say('evidence.log.quorumOf', log.quorum)}</Fact>}
      </Facts>
    </Section>
  );
}

function LastCheckpoint({ checkpoint }: { checkpoint: Checkpoint }) {
  const say = useSay();
  return (
    <Section title={say('evidence.log.checkpoint')}>
      <Verbatim text={checkpoint.note} label={say('evidence.log.checkpointText')} />
      <Typography color="textSecondary" sx={{ mt: 2 }}>
        {say('evidence.log.files')}
      </Typography>
      <Stack direction="row" spacing={2} useFlexGap sx={{ flexWrap: 'wrap', mt: 1 }}>
        <Anchor href="/log/policy" download="trust.tlog">
          {say('evidence.log.policyFile')}
        </Anchor>
        <Anchor href="/log/checkpoint" download="checkpoint">
          {say('evidence.log.checkpointFile')}
        </Anchor>
      </Stack>
    </Section>
  );
}
