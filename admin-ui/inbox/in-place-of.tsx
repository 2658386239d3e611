import { Alert } from '@mui/material';
import type { Approval } from '../records.ts';
import { useSay } from '../say.ts';
import { inWords, useZone } from '../time/time-zone.ts';

/** Under whose authority the person decides here. */
export function InPlaceOf({ name, until, madeBy }: NonNullable<Approval['inPlaceOf']>) {
  const say = useSay();
  const [zone] = useZone();
  const end = inWords(until, zone);
  return (
    <Alert severity="info">
      {madeBy.length > 0
        ? say('delegations.forByOfficers', { name, until: end, officers: madeBy.join(', ') })
        : say('delegations.forOnPage', { name, until: end })}
    </Alert>
  );
}
