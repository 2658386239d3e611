import type { Word } from '../say.ts';

/** `open`: it could not be checked, or not yet. */
export type Judgement = 'pass' | 'fail' | 'open';

/** One check as it is said to the auditor. A `note` says what the others rest on, and is no check itself. */
export interface Check {
  judgement: Judgement | 'note';
  word: Word;
  values: Record<string, string | number>;
}

export interface Verdict {
  checks: Check[];
  /** By the id of the leaf. */
  leaves: ReadonlyMap<string, Judgement>;
}

export function wholeOf({ checks }: Verdict): Judgement {
  const all = checks.map(({ judgement }) => judgement);
  return all.includes('fail') ? 'fail' : all.includes('open') ? 'open' : 'pass';
}
