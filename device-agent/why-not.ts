import { Refused } from './portal.ts';
import { Unreached } from './unreached.ts';

/** What a line of the log says of why something did not get through to the portal: the portal's own word, or where it was looked for, what happened and what to do. */
export function whyNot(error: unknown): Readonly<Record<string, string>> {
  if (error instanceof Refused) return { why: error.code };
  if (error instanceof Unreached) return { why: error.why, portal: error.at, words: error.message };
  return { why: error instanceof Error ? error.message : 'unknown' };
}
