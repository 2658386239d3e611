import { Alert, Box, Link as Anchor, Typography } from '@mui/material';
import { useGetOne } from 'react-admin';
import { Link, useParams } from 'react-router-dom';
import { Copyable } from '../frame/copyable.tsx';
import { Unreadable } from '../frame/dead-ends.tsx';
import { Fact, Facts } from '../frame/facts.tsx';
import { Gate } from '../frame/gate.tsx';
import { Page } from '../frame/page.tsx';
import { Section } from '../frame/section.tsx';
import { Waiting } from '../frame/waiting.tsx';
import { usePoll } from '../live/use-poll.ts';
import type { Approval } from '../records.ts';
import { useSay } from '../say.ts';
import { Moment } from '../time/moment.tsx';
import { Since } from '../time/since.tsx';
import { ApprovalChip } from './approval-chip.tsx';
import { protectedInWords } from '#domain/protected-in-words.ts';
import { stageInWords } from './stage-in-words.ts';
import { methodInWords } from './method-in-words.ts';
import { DecisionForm } from './decision-form.tsx';

/** Everything that an approver must know about one reset, and the decision beside it. */
export function DecisionPage() {
  return (
    <Gate page="inbox">
      <OneApproval />
    </Gate>
  );
}

function OneApproval() {
  const say = useSay();
  const { id = '' } = useParams();
  const refetchInterval = usePoll();
  const { data: approval, error, refetch } = useGetOne<Approval>('approvals', { id }, { refetchInterval });
  if (error && !approval) return <Unreadable error={error} page="inbox" onRetry={() => void refetch()} />;
  if (!approval)
    return (
      <Page title={say('page.decision')}>
        <Waiting />
      </Page>
    );
  return (
    <Page
      title={say('decision.title', { name: nameOf(approval) })}
      lead={stageInWords(approval, say)}
      above={
        <Anchor component={Link} to="/approvals" sx={{ display: 'inline-block', mb: 1 }}>
          ← {say('page.inbox')}
        </Anchor>
      }
      actions={<ApprovalChip state={approval.state} over />}
    >
      <Box
        sx={{
          display: 'grid',
          gap: 3,
          gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'minmax(0, 3fr) minmax(0, 2fr)' },
          alignItems: 'start',
        }}
      >
        <Known approval={approval} />
        <Section title={say('decision.form')}>
          <DecisionForm key={approval.id} approval={approval} />
        </Section>
      </Box>
    </Page>
  );
}

const nameOf = (approval: Approval) => approval.accountName ?? approval.reference;

function Known({ approval }: { approval: Approval }) {
  const say = useSay();
  const passed = (what: string[]) => (what.length === 0 ? say('word.none') : what.map((method) => methodInWords(method, say)).join(', '));
  return (
    <Section
      title={say('decision.facts')}
      aside={
        <Anchor component={Link} to={`/resets/${encodeURIComponent(approval.resetId)}/show`}>
          {say('decision.seeReset')}
        </Anchor>
      }
    >
      <Facts>
        <Fact term={say('decision.who')}>
          <Typography sx={{ fontWeight: 650 }}>{nameOf(approval)}</Typography>
          {approval.account && <Copyable value={approval.account} what={say('word.guid')} />}
        </Fact>
        <Fact term={say('word.from')}>{approval.source}</Fact>
        <Fact term={say('decision.proofs')}>{passed(approval.proofs)}</Fact>
        <Fact term={say('decision.factors')}>{passed(approval.factors)}</Fact>
        <Fact term={say('decision.why')}>
          {approval.privilegedBecause ? protectedInWords(approval.privilegedBecause) : say('decision.noWhy')}
        </Fact>
        {approval.needs > 1 && (
          <Fact term={say('decision.quorum')}>{say('reset.quorum', { approvals: approval.approvals, needs: approval.needs })}</Fact>
        )}
        {approval.escalated && <Fact term={say('decision.escalation')}>{say('reset.escalated')}</Fact>}
        {approval.waitingSince && (
          <Fact term={say('inbox.waits')}>
            <Moment at={approval.waitingSince} /> (<Since at={approval.waitingSince} />)
          </Fact>
        )}
        {approval.expiresAt && (
          <Fact term={say('inbox.expires')}>
            <Moment at={approval.expiresAt} /> (<Since at={approval.expiresAt} />)
          </Fact>
        )}
        <Fact term={say('decision.requestCode')}>
          <Copyable value={approval.requestCode} what={say('decision.requestCode')} />
        </Fact>
        <Fact term={say('word.reference')}>
          <Copyable value={approval.reference} what={say('word.reference')} />
        </Fact>
      </Facts>
      {approval.state === 'waiting' && (
        <Alert severity="info" sx={{ mt: 3 }}>
          {say('decision.callBack', { name: nameOf(approval), code: approval.requestCode })}
        </Alert>
      )}
    </Section>
  );
}
