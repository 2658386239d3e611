/**
 * What one check found. `fail`: something contradicts what is signed. `incomplete`: nothing contradicts, and something that
 * a verdict needs is not there. `pass` and `unknown` say themselves; `unknown` changes no verdict.
 */
export interface Finding {
  /** What was checked, as a claim that a reader can follow. */
  readonly check: string;
  readonly verdict: 'pass' | 'fail' | 'incomplete' | 'unknown';
  /** What was seen: how many, since when, and of a failure where. */
  readonly said: string;
  /** The clauses that the check serves. */
  readonly serves: string;
}

export type Problem = Pick<Finding, 'said'> & { readonly verdict: 'fail' | 'incomplete' };

export const fail = (said: string): Problem => ({ verdict: 'fail', said });
export const incomplete = (said: string): Problem => ({ verdict: 'incomplete', said });

/** A number with its noun. */
export const counted = (count: number | bigint, one: string, more = `${one}s`): string => `${count} ${BigInt(count) === 1n ? one : more}`;

/** As many problems of one check as a reader can use. */
const SHOWN = 5;

/** One finding for a check: the worst of its problems, the first of them in words, or what passed. */
export function finding(check: string, serves: string, problems: readonly Problem[], passed: string): Finding {
  if (problems.length === 0) return { check, serves, verdict: 'pass', said: passed };
  const worst = problems.some(({ verdict }) => verdict === 'fail') ? 'fail' : 'incomplete';
  const said = problems.filter(({ verdict }) => verdict === worst).map((problem) => problem.said);
  const more = said.length > SHOWN ? `; and ${said.length - SHOWN} more` : '';
  return { check, serves, verdict: worst, said: `${said.slice(0, SHOWN).join('; ')}${more}` };
}

/** 0 sound, 1 tampered, 2 incomplete. */
export function exitCode(findings: readonly Finding[]): 0 | 1 | 2 {
  if (findings.some(({ verdict }) => verdict === 'fail')) return 1;
  return findings.some(({ verdict }) => verdict === 'incomplete') ? 2 : 0;
}
