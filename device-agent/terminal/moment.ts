import { momentInWords } from '#domain/moment-in-words.ts';

/** A moment in words, in the zone of this computer, named; as it came where it is none. */
export function moment(iso: string): string {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? iso : momentInWords.format(at);
}
