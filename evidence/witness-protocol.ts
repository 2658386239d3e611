import { openCheckpoint } from './checkpoint.ts';
import type { Checkpoint } from './checkpoint.ts';
import { parseNumberAndHashes, printNumberAndHashes } from './hash-lines.ts';
import { Malformed } from './malformed.ts';
import { verifyConsistency } from './merkle-proof.ts';
import { EMPTY_ROOT } from './merkle-tree.ts';
import { parseNote, printSignatureLine, signText } from './signed-note.ts';
import type { Signer } from './signer-key.ts';
import type { VerifierKey } from './verifier-key.ts';
import { textOf } from './wire-text.ts';

/** POST <submission prefix>/add-checkpoint of C2SP tlog-witness v1.0.0: what is sent, and what a witness decides. */
export interface AddCheckpoint {
  readonly oldSize: bigint;
  /** Consistency from oldSize to the checkpoint; at most 63 hashes. */
  readonly proof: readonly Buffer[];
  /** The signed checkpoint. */
  readonly checkpoint: string;
}

export function printAddCheckpoint({ oldSize, proof, checkpoint }: AddCheckpoint): string {
  return printNumberAndHashes('old', { number: oldSize, hashes: proof, checkpoint });
}

/** Reads the form only. Throws Malformed. */
export function parseAddCheckpoint(input: string | Uint8Array): AddCheckpoint {
  const { number, hashes, checkpoint } = parseNumberAndHashes(textOf(input), 'old');
  return { oldSize: number, proof: hashes, checkpoint };
}

/** The latest tree of one log that a witness has cosigned. */
export interface WitnessedTree {
  readonly size: bigint;
  readonly root: Buffer;
}

/** What a witness knows of a log: the keys that it trusts for it, and the tree that it cosigned last, if any. */
export interface WitnessedLog {
  readonly keys: readonly VerifierKey[];
  readonly latest?: WitnessedTree | undefined;
}

export const SIZE_CONTENT_TYPE = 'text/x.tlog.size';

export type WitnessDecision =
  | { status: 200; checkpoint: Checkpoint; text: string }
  | { status: 400 | 403 | 404 | 422; body: string }
  /** The body is the size of the tree that the witness cosigned last, and has SIZE_CONTENT_TYPE. */
  | { status: 409; body: string };

/**
 * What a witness answers, the checks in the order of the specification; 400 also for what cannot be read. It is a
 * decision only: before a 200 leaves the witness, the checkpoint must have become its latest tree, durably and in one
 * step with this decision, or a slower request would take it back. Never throws.
 */
export function decideAddCheckpoint(body: string | Uint8Array, logOf: (origin: string) => WitnessedLog | undefined): WitnessDecision {
  let request: AddCheckpoint;
  let origin: string;
  try {
    request = parseAddCheckpoint(body);
    [origin = ''] = parseNote(request.checkpoint).text.split('\n');
  } catch (error) {
    if (error instanceof Malformed) return { status: 400, body: `${error.message}\n` };
    throw error;
  }
  const log = logOf(origin);
  if (!log) return { status: 404, body: 'this witness does not know the origin\n' };
  const opened = openCheckpoint(request.checkpoint, log.keys);
  if (!opened.ok) return { status: opened.reason === 'malformed' ? 400 : 403, body: `${opened.sentence}\n` };
  return judge(request, opened.checkpoint, opened.text, log.latest ?? { size: 0n, root: EMPTY_ROOT });
}

function judge({ oldSize, proof }: AddCheckpoint, checkpoint: Checkpoint, text: string, latest: WitnessedTree): WitnessDecision {
  const { size, root } = checkpoint;
  if (oldSize > size) return { status: 400, body: 'the old size is larger than the checkpoint\n' };
  if (oldSize !== latest.size) return { status: 409, body: `${latest.size}\n` };
  if (size === 0n && !root.equals(EMPTY_ROOT)) return { status: 422, body: 'this is not the root of an empty tree\n' };
  if (oldSize === 0n && proof.length > 0) return { status: 422, body: 'from size zero the consistency proof is empty\n' };
  // Every tree extends the empty one; from there on the root that this witness cosigned is the one to extend.
  if (oldSize > 0n && !verifyConsistency({ oldSize, size, oldRoot: latest.root, root, path: proof }))
    return { status: 422, body: 'the consistency proof does not hold\n' };
  return { status: 200, checkpoint, text };
}

/** The body of a 200: the witness's cosignature, made at this time in POSIX seconds, after its state was kept. */
export function cosignatureResponse(text: string, witness: Signer, time: bigint): string {
  return printSignatureLine(signText(text, witness, time));
}
