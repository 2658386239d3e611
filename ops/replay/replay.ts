import { Malformed } from '#evidence/malformed.ts';
import type { TrustPolicy } from '#evidence/trust-policy.ts';
import type { HistoryKeys } from '#history/open-ring.ts';
import { NotThere } from '../bundle/tiles.ts';
import { Sentence } from '../sentence.ts';
import { archiveInFolders } from './archive.ts';
import { checkHistories, type Checked } from './check-histories.ts';
import { checkShare } from './check-share.ts';
import { inProcesses, processesFor } from './in-processes.ts';
import type { Finding } from './finding.ts';
import { openPublishedLog } from './published-log.ts';
import { select, type Selection } from './select.ts';

/** Where everything lies that an auditor was given or may read. No server is asked. */
export interface ReplaySources {
  tilesFolder: string;
  historiesFolder: string;
  workflowCodeFolder: string;
  policy: TrustPolicy;
  keys: HistoryKeys;
  /** The file that the keys were read from; many histories are then shared out to processes, each reading it by itself. */
  keysFile?: string;
}

/**
 * Checks and replays the sealed histories that are asked for, from files alone. What is wrong with the log itself is a
 * finding too: nothing that rests on it can then be said. Throws only for faults of this machine (no rights, no memory).
 */
export async function replay(sources: ReplaySources, selection: Selection): Promise<Checked> {
  const nothing = { histories: 0, replayed: 0, events: 0 };
  try {
    const log = openPublishedLog(sources.tilesFolder, sources.policy);
    const { leaves, findings } = select(log, selection);
    const checked = await checkHistories(log.holds, leaves, (runs) => {
      const count = processesFor(runs.length);
      const { keysFile } = sources;
      return keysFile !== undefined && count > 1
        ? inProcesses({ ...sources, keysFile }, runs, count)
        : checkShare(archiveInFolders(sources), runs);
    });
    return { ...checked, findings: [...findings, ...checked.findings] };
  } catch (error) {
    const finding = faultOfLog(error);
    if (!finding) throw error;
    return { ...nothing, findings: [finding] };
  }
}

function faultOfLog(error: unknown): Finding | undefined {
  if (!(error instanceof Malformed || error instanceof Sentence)) return undefined;
  // The command ends the line with a full stop of its own.
  const words = error.message.replace(/\.$/, '');
  return { weight: error instanceof NotThere ? 'incomplete' : 'tampered', of: 'the log', words };
}
