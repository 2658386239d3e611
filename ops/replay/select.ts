import { canonicalOrNothing } from '#evidence/jcs.ts';
import { isTerminal, type ResetState } from '#domain/reset-state.ts';
import type { Finding } from './finding.ts';
import type { LoggedLeaf, PublishedLog } from './published-log.ts';
import { readSealedLeaf, type SealedLeaf } from './sealed-leaf.ts';

/** Which sealed histories are to be looked at. */
export type Selection = { reset: string } | { since: Date } | 'all';

/** Sealing follows the end within seconds; a reset that ended so long before the log's last leaf and is not sealed was held back. */
const SEALED_WITHIN_MS = 15 * 60_000;

export interface Selected {
  leaves: SealedLeaf[];
  /** What the log itself says is missing. */
  findings: Finding[];
}

/** Reads the whole published log once, and takes from it what was asked for. */
export function select(log: PublishedLog, selection: Selection): Selected {
  const leaves: SealedLeaf[] = [];
  const unreadable: Finding[] = [];
  const ended = new Map<string, number>();
  let lastAt = 0;
  for (const logged of log.leaves()) {
    const leaf = readSealedLeaf(logged);
    if (leaf === 'unreadable') unreadable.push(unreadableLeaf(log, logged));
    else if (leaf) {
      ended.delete(leaf.workflowId);
      if (isAsked(leaf, selection)) leaves.push(leaf);
    } else if (selection === 'all') {
      const end = endOfReset(logged.text);
      if (end) ended.set(end.workflowId, end.at);
    }
    if (selection === 'all') lastAt = Math.max(lastAt, timeOf(logged.text));
  }
  if (selection !== 'all') {
    const missing = leaves.length === 0 && 'reset' in selection ? [notSealed(selection.reset)] : [];
    return { leaves, findings: [...unreadable, ...missing] };
  }
  const overdue = [...ended].filter(([, at]) => at + SEALED_WITHIN_MS < lastAt);
  return { leaves, findings: [...unreadable, ...overdue.map(([workflowId]) => notSealed(workflowId.replace('reset/', '')))] };
}

function isAsked(leaf: SealedLeaf, selection: Selection): boolean {
  if (selection === 'all') return true;
  return 'since' in selection ? leaf.sealedAt >= selection.since : leaf.workflowId === `reset/${selection.reset}`;
}

function unreadableLeaf(log: PublishedLog, logged: LoggedLeaf): Finding {
  const of = `leaf ${logged.index}`;
  return log.holds(logged)
    ? { weight: 'incomplete', of, words: 'it seals a history in a form that this release does not read' }
    : { weight: 'tampered', of, words: 'it was changed: it is not in the cosigned log' };
}

const notSealed = (reset: string): Finding => ({
  weight: 'incomplete',
  of: `reset/${reset}`,
  words: 'the published log holds no sealed history of it: it is open, was closed a moment ago, or was kept from being sealed',
});

const timeOf = (text: string): number => Date.parse(/"wall":"([^"]+)"/.exec(text)?.[1] ?? '') || 0;

/** When a leaf says that a reset came to its end: which one. */
function endOfReset(text: string): { workflowId: string; at: number } | undefined {
  if (!text.includes('"type":"reset.')) return undefined;
  const leaf = canonicalOrNothing(text) as { type?: string; wf?: { id?: string }; do?: { state?: string } } | undefined;
  if (!leaf) return undefined; // whatever broke it, the log's own check says so
  const state = leaf.do?.state as ResetState | undefined;
  const isEnd = (state !== undefined && isTerminal(state)) || (leaf.type === 'reset.refused' && state === undefined);
  return isEnd && leaf.wf?.id ? { workflowId: leaf.wf.id, at: timeOf(text) } : undefined;
}
