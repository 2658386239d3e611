import { Typography } from '@mui/material';
import type { PolicyText } from '../records.ts';
import { useSay } from '../say.ts';
import { Moment } from '../time/moment.tsx';

/** What each signer knew of whom the version affects, as they signed it. */
export function WhoKnewWhat({ version }: { version: PolicyText }) {
  const { seenAtDraft, seenAtPublication } = version;
  return (
    <>
      <Knew deed="draft" seen={seenAtDraft} />
      <Knew deed="publish" seen={seenAtPublication} />
    </>
  );
}

function Knew({ deed, seen }: { deed: 'draft' | 'publish'; seen: PolicyText['seenAtDraft'] }) {
  const say = useSay();
  if (!seen) return null;
  if ('without' in seen)
    return (
      <Typography color="textSecondary">
        {say(`policies.knew.${deed}Without`, { reason: seen.reason ?? say('policies.knew.erased') })}
      </Typography>
    );
  const { comparison, at, changed, noApprover, losing } = seen;
  return (
    <Typography color="textSecondary">
      {say(`policies.knew.${deed}`, { changed: changed ?? '?', nobody: noApprover ?? '?', losing: losing ?? '?' })}{' '}
      {at !== null && <Moment at={at} />} (<code>{comparison.slice(0, 16)}</code>).
    </Typography>
  );
}
