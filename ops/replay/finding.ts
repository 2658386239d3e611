/** One thing that is wrong, said in a sentence: `tampered` when something was changed, `incomplete` when something is not there. */
export interface Finding {
  weight: 'tampered' | 'incomplete';
  /** The workflow concerned, or the file. */
  of: string;
  words: string;
}

/** 0 sound, 1 tampered, 2 incomplete (3, usage, is said by the command itself). */
export function exitCodeOf(findings: readonly Finding[]): 0 | 1 | 2 {
  if (findings.some(({ weight }) => weight === 'tampered')) return 1;
  return findings.length > 0 ? 2 : 0;
}
