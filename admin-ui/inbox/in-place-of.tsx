import { Alert } from '@mui/material';
import type { Approval } from '../records.ts';
import { useSay } from '../say.ts';
import { inWords, useZone } from '../time/time-zone.ts';

/** Under whose authority the person decides here. */
export function InPlaceOf({ name, until }: NonNullable<Approval['inPlaceOf']>) {
  const say = useSay();
  const [zone] = useZone();
  return <Alert severity="info">{say('delegations.forOnPage', { name, until: inWords(until, zone) })}</Alert>;
}
