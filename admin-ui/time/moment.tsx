import { inWords, useZone } from './time-zone.ts';

/** One moment in the zone that the person chose; the other zone is its tooltip. */
export function Moment({ at }: { at: string }) {
  const [zone] = useZone();
  return (
    <time dateTime={at} title={inWords(at, zone === 'utc' ? 'local' : 'utc')}>
      {inWords(at, zone)}
    </time>
  );
}
