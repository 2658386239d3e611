import type { Finding } from './finding.ts';

/** The doctor's last line and its exit code: 0 only when everything was looked at and all of it is good. */
export function verdictOn(findings: readonly Finding[]): { said: string; exitCode: 0 | 1 } {
  const count = (verdict: Finding['verdict']) => findings.filter((finding) => finding.verdict === verdict).length;
  const bad = count('bad');
  const unseen = count('unknown');
  const said = [
    ...(bad > 0 ? [`${bad} ${bad === 1 ? 'thing needs' : 'things need'} mending.`] : []),
    ...(unseen > 0 ? [`${unseen} ${unseen === 1 ? 'thing' : 'things'} could not be looked at.`] : []),
  ];
  return said.length === 0 ? { said: 'All is well.', exitCode: 0 } : { said: said.join(' '), exitCode: 1 };
}
