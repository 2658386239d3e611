import { existsSync, readFileSync } from 'node:fs';
import { readWorkflowCode } from '#activities/release/workflow-code.ts';
import { historyFile } from '#activities/seal/history-file.ts';
import type { HistoryKeyGiven } from '#audit/bundle-parts.ts';
import { sealOf } from '#audit/check-histories.ts';
import type { LeafInLog } from '#audit/leaf-in-log.ts';
import { releaseKeys } from '#history/offline.ts';
import type { HistoryKeys } from '#history/open-ring.ts';
import type { HistoryJson } from '#history/payloads-in-json.ts';

/** The archived bytes of a run's history; undefined when the archive has none. */
export type FindHistory = (run: string) => Uint8Array | undefined;
/** The archived code of a hash; undefined when the archive has none, or another under that name. */
export type FindCode = (sha256: string) => string | undefined;

/** The archive of sealed histories, as the worker writes it. A run that is no run id, as a spoilt leaf may name, has none. */
export function archivedHistories(folder: string): FindHistory {
  return (run) => {
    try {
      const file = historyFile(folder, run);
      return existsSync(file) ? readFileSync(file) : undefined;
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  };
}

/** The archive of the releases' code. */
export function archivedCode(folder: string): FindCode {
  return (sha256) => {
    try {
      return readWorkflowCode(folder, sha256).text;
    } catch {
      return undefined; // replaying the bundle says that it is missing, and verifying it does without
    }
  };
}

/** The code that the sealed histories of these leaves ran on, by its hash. */
export function codeNamed(leaves: readonly LeafInLog[], find: FindCode): Map<string, string> {
  const named = leaves.flatMap((leaf) => sealOf(leaf)?.code ?? []);
  const hashes = new Set(named.filter((hash) => /^[0-9a-f]{64}$/.test(hash)));
  return foundOf([...hashes], find);
}

/** Those of the names that are found, each looked for once: what is found are whole files. */
export function foundOf<T>(names: readonly string[], find: (name: string) => T | undefined): Map<string, T> {
  const found = new Map<string, T>();
  for (const name of names) {
    const one = find(name);
    if (one !== undefined) found.set(name, one);
  }
  return found;
}

/** What opens these histories and no others. One that is spoilt, or whose key the ring lacks, is given without: the auditor finds it. */
export function keysOfHistories(
  leaves: readonly LeafInLog[],
  histories: ReadonlyMap<string, Uint8Array>,
  keys: HistoryKeys,
): HistoryKeyGiven[] {
  const given = leaves.flatMap((leaf) => {
    const bytes = histories.get(sealOf(leaf)?.run ?? '');
    const { wf } = leaf.body;
    if (!bytes || typeof wf?.['ns'] !== 'string') return [];
    try {
      return releaseKeys(JSON.parse(Buffer.from(bytes).toString('utf8')) as HistoryJson, { namespace: wf['ns'], workflowId: wf.id }, keys);
    } catch {
      return [];
    }
  });
  // Runs of one workflow share their keys.
  return [...new Map(given.map((key) => [`${key.namespace} ${key.workflowId} ${key.keyId}`, key])).values()];
}
