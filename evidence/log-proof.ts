import type { Checkpoint } from './checkpoint.ts';
import { parseNumberAndHashes, printNumberAndHashes } from './hash-lines.ts';
import { Malformed } from './malformed.ts';
import { verifyInclusion } from './merkle-proof.ts';
import { leafHash } from './merkle-tree.ts';
import { printBytes, readBase64, textOf } from './wire-text.ts';

/**
 * Log proofs, c2sp.org/tlog-proof@v1 (file extension .tlog-proof): one leaf's place in a log, verifiable offline: its
 * index, the inclusion path, and the signed checkpoint with its cosignatures.
 */
const HEADER = 'c2sp.org/tlog-proof@v1\n';

export interface LogProof {
  readonly index: bigint;
  readonly path: readonly Buffer[];
  /** The signed checkpoint, verbatim. */
  readonly checkpoint: string;
  /** For the application; no signature covers it. */
  readonly extra?: Buffer;
}

export function printLogProof({ index, path, checkpoint, extra }: LogProof): string {
  const extraLine = extra ? `extra ${printBytes(extra)}\n` : '';
  return `${HEADER}${extraLine}${printNumberAndHashes('index', { number: index, hashes: path, checkpoint })}`;
}

/** Reads the form only. Throws Malformed. */
export function parseLogProof(input: string | Uint8Array): LogProof {
  const text = textOf(input);
  if (!text.startsWith(HEADER)) throw new Malformed('a log proof begins with the line c2sp.org/tlog-proof@v1');
  let body = text.slice(HEADER.length);
  let extra: Buffer | undefined;
  if (body.startsWith('extra ')) {
    const end = body.indexOf('\n');
    extra = end < 0 ? undefined : readBase64(body.slice('extra '.length, end));
    if (!extra) throw new Malformed('the extra line of a log proof is base64');
    body = body.slice(end + 1);
  }
  const { number: index, hashes: path, checkpoint } = parseNumberAndHashes(body, 'index');
  return { index, path, checkpoint, ...(extra ? { extra } : {}) };
}

/**
 * Whether the proof shows this leaf under the checkpoint, which the caller has opened from the proof with keys that it
 * trusts. Never throws.
 */
export function provesLeaf({ index, path }: LogProof, leaf: string | Uint8Array, { size, root }: Checkpoint): boolean {
  return verifyInclusion({ index, size, leafHash: leafHash(leaf), path, root });
}
