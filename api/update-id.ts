import type { KeyedHash } from './keyed-hash.ts';

/**
 * The id of an update: the same form sent twice gives the same id, and Temporal then answers with the first outcome.
 * What was typed is part of it (as a keyed hash): otherwise somebody who guessed another person's Idempotency-Key would
 * be given the answer that only the right code had earned.
 */
export function updateIdOf(hash: KeyedHash, of: { nonce: string; route: string; reset: string; typed: string }): string {
  return hash('update', of.nonce, of.route, of.reset, of.typed).toString('hex');
}
