import { createHash } from 'node:crypto';
import type { WorkflowCode } from '#activities/release/workflow-code.ts';
import { factsOf } from '#activities/seal/exported-history.ts';
import { openHistory } from '#history/offline.ts';
import type { HistoryJson } from '#history/payloads-in-json.ts';
import { HistoryUnreadable } from '#history/unreadable.ts';
import type { Archive } from './archive.ts';
import type { Add, Checked } from './check-histories.ts';
import { deepReplay, silenceSdk, type Replayable } from './deep-replay.ts';
import type { SealedLeaf } from './sealed-leaf.ts';
import { faultsOf, isReplayable } from './structure.ts';

/**
 * What the archive holds of these runs: the file has the hash that was sealed; it is whole and this workflow's; it opens
 * with its keys; the archived code has its own hash, goes the same way and says the same.
 */
export async function checkShare(archive: Archive, runs: readonly SealedLeaf[]): Promise<Checked> {
  const checked: Checked = { findings: [], histories: 0, replayed: 0, events: 0 };
  const add: Add = (weight, of, words) => void checked.findings.push({ weight, of, words });
  const byCode = Map.groupBy(runs, (leaf) => leaf.history?.bundle ?? null);
  for (const [bundle, sealed] of byCode) {
    const code = bundle === null ? undefined : readCode(archive, bundle, add);
    const replayables = inClear(archive, sealed, checked, add);
    if (code) {
      silenceSdk();
      for await (const { replayed, faults } of deepReplay(code, sealed[0]?.namespace ?? '', replayables)) {
        checked.replayed += 1;
        for (const words of faults) add('tampered', replayed.workflowId, words);
      }
    } else {
      for (const { workflowId, history } of replayables)
        if (bundle === null && factsOf(history).sdk !== null) add('incomplete', workflowId, 'it ran on code of which no release is known');
    }
  }
  return checked;
}

/** The archived history of a leaf, whatever may be wrong with it, as long as it can be read as one. */
function readArchived({ historyOf }: Archive, leaf: SealedLeaf, add: Add): { history?: HistoryJson; isSealed: boolean } {
  if (!leaf.history) {
    add('incomplete', leaf.workflowId, 'Temporal had its history no more when it was to be sealed');
    return { isSealed: false };
  }
  const { bytes, from } = historyOf(leaf.runId);
  if (!bytes) {
    add('incomplete', leaf.workflowId, `its archived history ${from} cannot be read`);
    return { isSealed: false };
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const isSealed = sha256 === leaf.history.sha256;
  if (!isSealed)
    add(
      'tampered',
      leaf.workflowId,
      `its archived history is not the one that was sealed: its SHA-256 is ${sha256}, sealed was ${leaf.history.sha256}`,
    );
  const history = jsonOf(bytes);
  if (!history) {
    add('tampered', leaf.workflowId, 'its archived history is no history');
    return { isSealed };
  }
  for (const words of faultsOf(history, leaf)) add('tampered', leaf.workflowId, words);
  return { history, isSealed };
}

function jsonOf(bytes: Uint8Array): HistoryJson | undefined {
  try {
    const read = JSON.parse(Buffer.from(bytes).toString('utf8')) as { events?: unknown } | null;
    const events = read?.events;
    return Array.isArray(events) && events.length > 0 && events.every((one) => typeof one === 'object' && one !== null)
      ? { events: events as object[] }
      : undefined;
  } catch {
    return undefined;
  }
}

function readCode({ codeOf }: Archive, bundle: string, add: Add): WorkflowCode | undefined {
  try {
    return codeOf(bundle);
  } catch (error) {
    const isMissing = error instanceof Error && error.cause !== undefined;
    add(isMissing ? 'incomplete' : 'tampered', `code ${bundle}`, error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

/** Each history in clear at its turn, so that no more than one is held so; those that cannot be had are said and left out. */
function* inClear(archive: Archive, sealed: readonly SealedLeaf[], checked: Checked, add: Add): Generator<Replayable> {
  for (const leaf of sealed) {
    const { namespace, workflowId, runId } = leaf;
    const { history, isSealed } = readArchived(archive, leaf, add);
    if (!history) continue;
    checked.histories += 1;
    checked.events += history.events.length;
    if (!isReplayable(history)) continue; // what is wrong with it was said
    const owner = { namespace, workflowId };
    let clear: HistoryJson;
    try {
      clear = openHistory(history, owner, archive.keysOf(owner));
    } catch (error) {
      if (!(error instanceof HistoryUnreadable)) throw error;
      if (error.why === 'no-key') add('incomplete', workflowId, `a payload of it has no key: ${archive.noKey}`);
      else if (error.why === 'broken' && archive.wrongKey && isSealed) add('incomplete', workflowId, archive.wrongKey);
      else add('tampered', workflowId, error.message.replace(/\.$/, ''));
      continue;
    }
    yield { workflowId, runId, history: clear };
  }
}
