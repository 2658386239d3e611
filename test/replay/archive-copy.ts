import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { historyFile } from '#activities/seal/history-file.ts';
import { parseTrustPolicy } from '#evidence/trust-policy.ts';
import { decryptPayload, encryptPayload, keyIdOf } from '#history/cipher.ts';
import { keyOfRing } from '#history/offline.ts';
import type { HistoryKeys } from '#history/open-ring.ts';
import { rewritePayloads, type HistoryJson } from '#history/payloads-in-json.ts';
import type { Owner } from '#history/workflow-key.ts';
import type { ReplaySources } from '#ops/replay/replay.ts';
import { historiesFolder, workflowCodeFolder } from '#ops/setup/archives.ts';
import { tilesFolder, trustPolicyFile } from '#ops/setup/log-keys.ts';
import type { World } from '#test/support/world.ts';

/** The archive of a running stack, copied aside: an attacker of the test does what they like with it. */
export interface ArchiveCopy {
  sources: ReplaySources;
  read: (runId: string) => HistoryJson;
  write: (runId: string, history: HistoryJson) => void;
  remove: () => void;
}

export function copyArchive(world: World): ArchiveCopy {
  const { state } = world.stack;
  const folder = mkdtempSync(join(tmpdir(), 'countersign-archive-'));
  const copied = (from: string, name: string): string => {
    const to = join(folder, name);
    // The checkpoint first: the tiles that it needs, or wider ones, are there as long as the log only grows.
    if (existsSync(join(from, 'checkpoint'))) cpSync(join(from, 'checkpoint'), join(to, 'checkpoint'));
    copyAlive(from, to);
    return to;
  };
  const sources: ReplaySources = {
    tilesFolder: copied(tilesFolder(state), 'tiles'),
    historiesFolder: copied(historiesFolder(state), 'histories'),
    workflowCodeFolder: copied(workflowCodeFolder(state), 'workflow-code'),
    policy: parseTrustPolicy(readFileSync(trustPolicyFile(state), 'utf8')),
    keys: world.temporal.keys,
  };
  return {
    sources,
    read: (runId) => JSON.parse(readFileSync(historyFile(sources.historiesFolder, runId), 'utf8')) as HistoryJson,
    write: (runId, history) => writeFileSync(historyFile(sources.historiesFolder, runId), JSON.stringify(history)),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Copies a folder in which files come and go: what went while it was copied is left out by copying again. */
function copyAlive(from: string, to: string): void {
  for (let tries = 1; ; tries++) {
    try {
      return cpSync(from, to, { recursive: true, force: false });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || tries === 20) throw error;
    }
  }
}

/** What somebody with every history key can do: other words in a payload, encrypted as if they had always been there. */
export function rewritten(history: HistoryJson, owner: Owner, keys: HistoryKeys, change: (clear: string) => string): HistoryJson {
  const keyOf = keyOfRing(keys, owner);
  return rewritePayloads(history, (payload) => {
    const keyId = keyIdOf(payload) ?? '';
    const key = keyOf(keyId);
    if (!key) throw new Error('the attacker of this test holds every key');
    const clear = decryptPayload(payload, key, owner);
    const text = Buffer.from(clear.data ?? []).toString('utf8');
    const changed = change(text);
    return changed === text ? payload : encryptPayload({ ...clear, data: Buffer.from(changed) }, keyId, key, owner);
  });
}
