import { Box, Stack, Typography } from '@mui/material';
import { Section } from '../frame/section.tsx';
import { ApprovalChip } from '../inbox/approval-chip.tsx';
import { stageInWords } from '../inbox/stage-in-words.ts';
import type { StageOfReset } from '../records.ts';
import { useSay } from '../say.ts';
import { Moment } from '../time/moment.tsx';

/** The stages of approval in their order: who may decide, who did, and why. */
export function Stages({ stages, over }: { stages: StageOfReset[]; over: boolean }) {
  const say = useSay();
  return (
    <Section title={say('reset.approvals')}>
      <Stack component="ol" spacing={2} sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {stages.map((stage) => (
          <Box component="li" key={stage.id}>
            <Stack direction="row" sx={{ justifyContent: 'space-between', gap: 1, flexWrap: 'wrap' }}>
              <Typography sx={{ fontWeight: 650 }}>{stageInWords(stage, say)}</Typography>
              <ApprovalChip state={stage.state} over={over} />
            </Stack>
            {stage.needs > 1 && (
              <Typography color="textSecondary">{say('reset.quorum', { approvals: stage.approvals, needs: stage.needs })}</Typography>
            )}
            {stage.decisions.map(({ by, inPlaceOf, madeBy = [], decision, at, reason }) => (
              <Box key={by + at}>
                <Typography color="textSecondary">
                  {inPlaceOf
                    ? say(decision === 'approve' ? 'reset.approvedInPlace' : 'reset.deniedInPlace', { name: by, other: inPlaceOf })
                    : say(decision === 'approve' ? 'reset.approvedBy' : 'reset.deniedBy', { name: by })}
                  {', '}
                  <Moment at={at} />
                </Typography>
                {madeBy.length > 0 && (
                  <Typography color="textSecondary">{say('delegations.byOfficers', { names: madeBy.join(', ') })}</Typography>
                )}
                {reason && <Typography sx={{ overflowWrap: 'anywhere' }}>{say('reset.reason', { reason })}</Typography>}
              </Box>
            ))}
            {stage.state === 'waiting' && stage.escalated && <Typography color="textSecondary">{say('reset.escalated')}</Typography>}
            {stage.decisions.length < stage.needs && stage.eligible.length > 0 && (
              <Typography color="textSecondary">{say('reset.eligible', { names: stage.eligible.join(', ') })}</Typography>
            )}
          </Box>
        ))}
      </Stack>
    </Section>
  );
}
