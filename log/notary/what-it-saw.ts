import { createHash } from 'node:crypto';
import { openCheckpoint, type Checkpoint } from '#evidence/checkpoint.ts';
import { frontierOf, frontierRoot } from '#evidence/frontier.ts';
import type { HashOf } from '#evidence/merkle-tree.ts';
import type { VerifierKey } from '#evidence/verifier-key.ts';
import { exchange } from './exchange.ts';

/** A tree of this log, as far as we hold it. */
export interface OwnTree {
  size: bigint;
  root: Buffer;
  hashOf: HashOf;
}

/** A checkpoint that this log has signed and that its tree does not lead to: proof that the tree is old, or another. */
export function contradicts({ size, root }: Checkpoint, own: OwnTree): boolean {
  if (size > own.size) return true;
  const ours = size === own.size ? own.root : frontierRoot(frontierOf(size, own.hashOf));
  return !ours.equals(root);
}

/**
 * Asks a witness for the checkpoint that it cosigned last (tlog-witness v1.0.0, the monitoring side), and answers its size
 * when it carries this log's own signature, by its key or one that it had before, and contradicts our tree. A witness that only says so proves nothing: it
 * could stop a log with a word.
 */
export async function provenOtherwise(url: string, logs: readonly VerifierKey[], own: OwnTree): Promise<bigint | undefined> {
  const path = `${createHash('sha256')
    .update(logs[0]?.name ?? '')
    .digest('hex')}/checkpoint`;
  const answer = await exchange(url, path);
  const opened = answer?.status === 200 ? openCheckpoint(answer.text, logs) : undefined;
  return opened?.ok && contradicts(opened.checkpoint, own) ? opened.checkpoint.size : undefined;
}
