import { Box, Link as Anchor, Typography } from '@mui/material';
import { Link } from 'react-router-dom';
import type { EvidenceLeaf } from '../records.ts';
import { useSay } from '../say.ts';
import { JudgementChip } from './judgement-chip.tsx';
import type { Judgement } from './verdict.ts';

type StepListProps = { leaves: readonly EvidenceLeaf[]; shown: number; judgements: ReadonlyMap<string, Judgement> | undefined };

/** All steps as links: the one that is shown stands in the address. */
export function StepList({ leaves, shown, judgements }: StepListProps) {
  const say = useSay();
  return (
    <Box component="nav" aria-label={say('evidence.steps')}>
      <Box component="ol" sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {leaves.map((leaf, at) => {
          const judgement = judgements?.get(leaf.id);
          const isShown = at === shown;
          return (
            <Box
              component="li"
              key={leaf.id}
              sx={{
                display: 'flex',
                gap: 1,
                alignItems: 'center',
                justifyContent: 'space-between',
                px: 1.5,
                py: 0.75,
                borderLeft: 4,
                borderColor: isShown ? 'primary.main' : 'divider',
              }}
            >
              <Anchor component={Link} to={`?step=${at + 1}`} replace aria-current={isShown ? 'step' : undefined} sx={{ minWidth: 0 }}>
                <Typography component="span" sx={{ fontWeight: isShown ? 650 : 400 }}>
                  {at + 1}. {leaf.title}
                </Typography>
              </Anchor>
              {judgement && <JudgementChip judgement={judgement} />}
            </Box>
          );
        })}
      </Box>
    </Box>
  );
}
