import { Box, Link as Anchor, Typography } from '@mui/material';
import { Copyable } from '../frame/copyable.tsx';
import { Fact, Facts } from '../frame/facts.tsx';
import { Fold } from '../frame/fold.tsx';
import { Section } from '../frame/section.tsx';
import { Verbatim } from '../frame/verbatim.tsx';
import type { EvidenceLeaf, ResetEvidence } from '../records.ts';
import { useSay } from '../say.ts';
import { Moment } from '../time/moment.tsx';
import { EventsOfStep } from './events-of-step.tsx';
import { JudgementChip } from './judgement-chip.tsx';
import { OpenedValues } from './opened-values.tsx';
import type { Judgement } from './verdict.ts';

/** One step whole: what the reset was before and after, the leaf byte for byte, its place and proof, and what the workflow has of it. */
export function OneStep({ leaf, evidence, judgement }: { leaf: EvidenceLeaf; evidence: ResetEvidence; judgement: Judgement | undefined }) {
  const say = useSay();
  return (
    <Section title={leaf.title} {...(judgement ? { aside: <JudgementChip judgement={judgement} /> } : {})}>
      <Facts>
        <Fact term={say('evidence.changes')}>
          {leaf.before === leaf.after
            ? say('evidence.unchanged', { state: say(`state.${leaf.after}`) })
            : say('evidence.changed', { before: say(`state.${leaf.before}`), after: say(`state.${leaf.after}`) })}
        </Fact>
        <Fact term={say('evidence.recorded')}>
          <Moment at={leaf.at} />
        </Fact>
        <Fact term={say('evidence.index')}>{placeOf(leaf, evidence, say)}</Fact>
        <Fact term={say('evidence.hash')}>
          <Copyable value={leaf.hash} what={say('evidence.hash')} />
        </Fact>
      </Facts>
      <Box sx={{ mt: 2, display: 'grid', gap: 1, gridTemplateColumns: 'minmax(0, 1fr)' }}>
        <Verbatim text={leaf.text} label={say('evidence.verbatim')} wrap />
        <Fold summary={say('evidence.proof')}>{() => <Proof leaf={leaf} />}</Fold>
        <Fold summary={say('evidence.events')}>{() => <EventsOfStep reset={evidence.reset} leaf={leaf.text} />}</Fold>
        <Fold summary={say('evidence.opened')}>{() => <OpenedValues leaf={leaf.id} />}</Fold>
      </Box>
    </Section>
  );
}

function placeOf({ index, proof }: EvidenceLeaf, { checkpoint }: ResetEvidence, say: ReturnType<typeof useSay>): string {
  if (index === null) return say('evidence.noIndex');
  return proof && checkpoint ? say('evidence.covered', { index, size: checkpoint.size }) : say('evidence.notCovered', { index });
}

function Proof({ leaf: { id, proof } }: { leaf: EvidenceLeaf }) {
  const say = useSay();
  if (!proof) return <Typography>{say('evidence.noProof')}</Typography>;
  return (
    <>
      <Typography variant="body2" color="textSecondary" sx={{ mb: 1 }}>
        {say('evidence.proofLead')}{' '}
        <Anchor href={`data:text/plain;charset=utf-8,${encodeURIComponent(proof)}`} download={`${id}.tlog-proof`}>
          {say('evidence.proofFile')}
        </Anchor>
      </Typography>
      <Verbatim text={proof} label={say('evidence.proof')} />
    </>
  );
}
