import { Typography } from '@mui/material';
import { trackIn, trackInWords } from '#domain/reset-track.ts';
import type { ResetEvidence } from '../records.ts';
import { useSay } from '../say.ts';

/** Which track of NIST SP 800-63B-4 the reset took, by the last leaf of the writer on this page, whose text is verified like every other. */
export function TrackOfReset({ evidence }: { evidence: ResetEvidence }) {
  const say = useSay();
  const track = evidence.leaves.flatMap(({ text }) => saidBy(text)).at(-1);
  return track === undefined ? null : (
    <Typography data-track sx={{ mb: 2 }}>
      {say('evidence.track')}: <strong>{trackInWords(track)}</strong>.
    </Typography>
  );
}

function saidBy(text: string) {
  try {
    const leaf = JSON.parse(text) as { type?: unknown; do?: Record<string, unknown> };
    const said = leaf.type === 'write.started' ? trackIn(leaf.do ?? {}) : undefined;
    return said ? [said] : [];
  } catch {
    // A text that is no JSON is shown as it is, and says nothing of a track.
    return [];
  }
}
