import { Typography } from '@mui/material';
import type { PolicyVersion } from '../records.ts';
import { useSay } from '../say.ts';
import { Moment } from '../time/moment.tsx';

/** Where a version stands, in a line: in force, signed, or only written. */
export function VersionFacts({ version }: { version: PolicyVersion }) {
  const say = useSay();
  const { inForce, draftedAt, publishedAt, storedAt } = version;
  const standing = inForce ? 'inForce' : publishedAt ? 'published' : draftedAt ? 'drafted' : 'text';
  return (
    <Typography component="span" color="textSecondary">
      {say(`policies.${standing}`)}
      {', '}
      <Moment at={publishedAt ?? draftedAt ?? storedAt} />
      {', '}
      <code>{version.sha256.slice(0, 16)}</code>
    </Typography>
  );
}
