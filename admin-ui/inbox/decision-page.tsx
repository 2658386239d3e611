import { Box, Link as Anchor, Stack } from '@mui/material';
import { Link, useParams } from 'react-router-dom';
import { Unreadable } from '../frame/dead-ends.tsx';
import { Gate } from '../frame/gate.tsx';
import { Page } from '../frame/page.tsx';
import { Section } from '../frame/section.tsx';
import { Waiting } from '../frame/waiting.tsx';
import { useSay } from '../say.ts';
import { ApprovalChip } from './approval-chip.tsx';
import { Around } from './around.tsx';
import { DecisionForm } from './decision-form.tsx';
import { Known, nameOf } from './known.tsx';
import { ShortcutHelp } from './shortcut-help.tsx';
import { stageInWords } from './stage-in-words.ts';
import { useApproval } from './use-approval.ts';
import { UnderBreakGlass } from './under-break-glass.tsx';

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
  const { data: approval, error, refetch } = useApproval(id);
  if (error && !approval) return <Unreadable error={error} page="inbox" onRetry={() => void refetch()} />;
  if (!approval)
    return (
      <Page title={say('page.decision')}>
        <Waiting />
      </Page>
    );
  return (
    <Page
      title={say(`decision.title.${approval.operation}`, { name: nameOf(approval) })}
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
        <Stack spacing={3} sx={{ minWidth: 0 }}>
          <Known approval={approval} />
          <Around approval={approval} />
        </Stack>
        <Stack spacing={2} sx={{ minWidth: 0 }}>
          <Section title={say('decision.form')}>
            <UnderBreakGlass reset={approval.resetId} />
            <DecisionForm key={approval.id} approval={approval} />
          </Section>
          <ShortcutHelp />
        </Stack>
      </Box>
    </Page>
  );
}
