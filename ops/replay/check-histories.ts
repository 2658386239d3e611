import type { Finding } from './finding.ts';
import type { LoggedLeaf } from './published-log.ts';
import type { SealedLeaf } from './sealed-leaf.ts';

export interface Checked {
  findings: Finding[];
  histories: number;
  replayed: number;
  events: number;
}

export type Add = (weight: Finding['weight'], of: string, words: string) => void;

/**
 * Checks sealed histories: each leaf is in the signed tree, and seals a run that no other leaf seals; then, by `check`, what
 * the archive holds of each. A fault does not end the check of the others, nor of the same history where it can still be
 * read: an auditor is told what was changed, not only that something was.
 */
export async function checkHistories(
  isLogged: (leaf: LoggedLeaf) => boolean,
  leaves: readonly SealedLeaf[],
  check: (runs: readonly SealedLeaf[]) => Promise<Checked>,
): Promise<Checked> {
  const findings: Finding[] = [];
  const add: Add = (weight, of, words) => void findings.push({ weight, of, words });
  const runs = firstOfEachRun(leaves, add);
  for (const { logged, workflowId } of runs)
    if (!isLogged(logged)) add('tampered', workflowId, `its leaf ${logged.index} is not in the cosigned log`);
  const checked = await check(runs);
  return { ...checked, findings: [...findings, ...checked.findings] };
}

function firstOfEachRun(leaves: readonly SealedLeaf[], add: Add): SealedLeaf[] {
  const runs = new Map<string, SealedLeaf>();
  for (const leaf of leaves) {
    if (runs.has(leaf.runId))
      add('tampered', leaf.workflowId, `run ${leaf.runId} was sealed twice; the second is leaf ${leaf.logged.index}`);
    else runs.set(leaf.runId, leaf);
  }
  return [...runs.values()];
}
