import { readFileSync } from 'node:fs';
import { readWorkflowCode, type WorkflowCode } from '#activities/release/workflow-code.ts';
import { historyFile } from '#activities/seal/history-file.ts';
import type { BundleParts } from '#audit/bundle-parts.ts';
import { historyPath } from '#audit/bundle-parts.ts';
import { verifyInclusion } from '#evidence/merkle-proof.ts';
import { leafHash } from '#evidence/merkle-tree.ts';
import { judgeCheckpoint } from '#evidence/quorum.ts';
import type { TrustPolicy } from '#evidence/trust-policy.ts';
import { keyOfReleased, keyOfRing, type KeyOf } from '#history/offline.ts';
import type { HistoryKeys } from '#history/open-ring.ts';
import type { Owner } from '#history/workflow-key.ts';
import type { LoggedLeaf } from './published-log.ts';

/** What sealed histories are checked from: no server and no database. */
export interface Archive {
  /** The archived bytes of a run, undefined when they are not there, and where they were looked for. */
  historyOf: (runId: string) => { bytes: Uint8Array | undefined; from: string };
  /** The archived code of a hash. Throws a sentence when it is missing (with a cause) or was changed. */
  codeOf: (sha256: string) => WorkflowCode;
  keysOf: (owner: Owner) => KeyOf;
  /** What is to be done about a payload whose key is not there. */
  noKey: string;
  /** What it means when the history is the sealed one and a payload does not open; undefined when it was sealed so. */
  wrongKey?: string;
}

/** The archive of a machine, or a copy of its folders. */
export function archiveInFolders({
  historiesFolder,
  workflowCodeFolder,
  keys,
}: {
  historiesFolder: string;
  workflowCodeFolder: string;
  keys: HistoryKeys;
}): Archive {
  return {
    historyOf(runId) {
      const from = historyFile(historiesFolder, runId);
      try {
        return { bytes: readFileSync(from), from };
      } catch {
        return { bytes: undefined, from };
      }
    },
    codeOf: (sha256) => readWorkflowCode(workflowCodeFolder, sha256),
    keysOf: (owner) => keyOfRing(keys, owner),
    noKey: 'the ring has no such key. Name a ring that holds it with --keys',
  };
}

/**
 * Whether exactly this leaf is in the tree of the bundle's checkpoint, which a log of the policy has signed. Whether the
 * quorum stands, the verification of the bundle says.
 */
export function isLoggedInBundle(parts: BundleParts, policy: TrustPolicy): (leaf: LoggedLeaf) => boolean {
  const judged = judgeCheckpoint(parts.checkpoint, { ...policy, quorum: undefined });
  return ({ index, text }) => {
    const path = parts.leaves.find((leaf) => leaf.index === index)?.path;
    if (!judged.ok || !path) return false;
    const { size, root } = judged.checkpoint;
    return verifyInclusion({ index, size, leafHash: leafHash(text), path, root });
  };
}

/** The archive that a bundle is: histories, code, and the keys of these histories alone. */
export function archiveInBundle(parts: BundleParts): Archive {
  return {
    historyOf: (runId) => ({ bytes: parts.histories.get(runId), from: historyPath(runId) }),
    codeOf(sha256) {
      const text = parts.code.get(sha256);
      if (text === undefined) {
        const cause = new Error('not in the bundle');
        throw new Error(`the code ${sha256} is not in the bundle. Ask for one that holds it`, { cause });
      }
      return { sha256, text }; // reading the bundle has checked that its name is its hash
    },
    keysOf: (owner) => keyOfReleased(parts.historyKeys ?? [], owner),
    wrongKey: 'it is the sealed one, and the key that was given out with it does not open it. Ask for another bundle',
    noKey: 'the bundle holds no key for it. Ask for one made while the ring held it, and with openings',
  };
}
