import type { Scope } from '#evidence/manifest.ts';
import { readDecimal } from '#evidence/wire-text.ts';
import { counted, fail, finding, incomplete, type Finding, type Problem } from './finding.ts';
import { byReset, type LeafInLog } from './leaf-in-log.ts';

/** What is wrong with the chain of one reset: its leaves are numbered from 1 without a gap, and each names the hash of the one before. */
export function chainProblems(reset: string, chain: readonly LeafInLog[]): Problem[] {
  let before: LeafInLog | undefined;
  for (const [at, leaf] of chain.entries()) {
    const { wseq, prev } = leaf.body;
    if (wseq !== String(at + 1)) return [fail(`reset ${reset}: leaf ${at + 1} of it is missing; leaf ${leaf.index} is number ${wseq}`)];
    if (prev !== (before ? before.hash.toString('base64') : null))
      return [fail(`reset ${reset}: leaf ${leaf.index} does not follow the one before it`)];
    before = leaf;
  }
  return [];
}

/** That nothing is missing: of any reset a leaf, or of a range an index. */
export function checkChains(scope: Scope, leaves: readonly LeafInLog[]): Finding {
  const resets = byReset(leaves);
  const problems = [...resets].flatMap(([reset, chain]) => chainProblems(reset, chain));
  if ('reset' in scope) {
    if (!resets.has(scope.reset)) problems.push(incomplete(`there is no leaf of the reset ${scope.reset}`));
    for (const other of resets.keys()) if (other !== scope.reset) problems.push(fail(`a leaf is of another reset, ${other}`));
  } else problems.push(...rangeProblems(scope, leaves));
  const range = 'reset' in scope ? '' : `, and every index from ${scope.from} to before ${scope.to}`;
  return finding(
    'Nothing is missing: the leaves of each reset are numbered and linked without a gap',
    'NIST SP 800-53 AU-12; PCI DSS 10.2.1.5; PCAOB AS 1105.10 (completeness)',
    problems,
    `${counted(resets.size, 'reset')}${range}`,
  );
}

function rangeProblems({ from, to }: Extract<Scope, { from: string }>, leaves: readonly LeafInLog[]): Problem[] {
  const [start, end] = [readDecimal(from), readDecimal(to)];
  if (start === undefined || end === undefined || start > end) return [fail('what the manifest names is no range of indexes')];
  const there = new Set(leaves.map(({ index }) => index));
  for (let index = start; index < end; index++) if (!there.has(index)) return [fail(`leaf ${index} of the range is missing`)];
  return [];
}
