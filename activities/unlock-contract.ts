import type { Operation } from '#domain/operation.ts';
import type { RefusalCode } from '#domain/refusals.ts';

export type OperationChecked = { outcome: 'chosen'; operation: Operation } | { outcome: 'refused'; code: RefusalCode };

/** `intent-expired`: it was witnessed so long ago that it has to be made known anew. */
export type UnlockOutcome = { outcome: 'unlocked' } | { outcome: 'intent-expired' } | { outcome: 'refused'; code: RefusalCode };

export interface UnlockAsked {
  reset: string;
  run: string;
  account: string;
  ordinal: number;
  /** Id of the intent leaf: the writer finds it in the log by itself. */
  intent: string;
}
