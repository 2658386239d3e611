import type { Scope } from '#evidence/manifest.ts';

/** What a bundle holds, before it is packed and after it was read. Leaves by rising index; texts exactly as they were signed or hashed. */
export interface BundleParts {
  readonly scope: Scope;
  readonly leaves: readonly { readonly index: bigint; readonly text: string; readonly path: readonly Buffer[] }[];
  /** The cosigned checkpoint that every leaf is proven under. */
  readonly checkpoint: string;
  /** For each intent that was witnessed: the proof that the writer saw (c2sp.org/tlog-proof@v1), and how the log grew from there. */
  readonly receipts: readonly { readonly index: bigint; readonly proof: string; readonly consistency: Growth }[];
  /** The checkpoint that the auditor holds already. */
  readonly prior?: { readonly checkpoint: string; readonly consistency: Growth };
  readonly statements: readonly { readonly text: string; readonly signature: Buffer }[];
  /** Personal data behind the commitments of the leaves; undefined when it was left out. */
  readonly openings?: readonly { readonly commitment: string; readonly salt: Buffer; readonly value: string }[];
  readonly policies: readonly string[];
  /** Histories that were sealed and are in the archive, by run. */
  readonly histories: ReadonlyMap<string, Uint8Array>;
  /** What opens the payloads of these histories and of no others; undefined when personal data was left out. */
  readonly historyKeys?: readonly HistoryKeyGiven[];
  /** The code that these histories ran on, by the SHA-256 (hexadecimal) that was sealed. */
  readonly code: ReadonlyMap<string, string>;
  /** Copies for convenience: an auditor uses their own. */
  readonly trust: { readonly policy: string; readonly verifierKey: string; readonly exportKey: string };
}

/** The key (32 bytes, base64url) of one workflow and no other, by the id of the master key that it follows from. */
export interface HistoryKeyGiven {
  readonly keyId: string;
  readonly namespace: string;
  readonly workflowId: string;
  readonly key: string;
}

/** From a smaller tree to the one of the bundle's checkpoint. */
export interface Growth {
  readonly oldSize: bigint;
  readonly proof: readonly Buffer[];
}

/** Paths within a bundle. */
export const PATHS = {
  leaves: 'events.ndjson',
  checkpoint: 'checkpoint.note',
  prior: 'prior.note',
  consistency: 'consistency.txt',
  statements: 'statements.ndjson',
  openings: 'openings.json',
  historyKeys: 'history-keys.json',
  trustPolicy: 'trust/policy.tlog',
  verifierKey: 'trust/verifier.pem',
  exportKey: 'trust/export.vkey',
  verify: 'verify.mjs',
  readme: 'README.md',
} as const;

export const proofPath = (index: bigint): string => `proofs/${index}.tlog-proof`;
export const receiptPath = (index: bigint): string => `receipts/${index}.tlog-proof`;
export const receiptConsistencyPath = (index: bigint): string => `receipts/${index}.consistency.txt`;
export const policyPath = (sha256: string): string => `policy/${sha256}.yaml`;
export const codePath = (sha256: string): string => `code/${sha256}.js`;
export const historyPath = (run: string): string => `history/${run}.json`;
