import { useSay } from '../say.ts';
import { spanInWords } from './span.ts';
import { inWords, useZone } from './time-zone.ts';
import { useNow } from './use-now.ts';

/** How long ago, or how long until, with the moment itself as tooltip. */
export function Since({ at }: { at: string }) {
  const say = useSay();
  const [zone] = useZone();
  const distance = useNow(10_000) - Date.parse(at);
  const span = spanInWords(Math.abs(distance));
  return (
    <time dateTime={at} title={inWords(at, zone)}>
      {distance >= 0 ? say('word.ago', { span }) : say('word.in', { span })}
    </time>
  );
}
