import type { RefusalCode } from '#domain/refusals.ts';
import type { DeedAsked } from './contract.ts';

/** What came of somebody's word for the person beside them; `vouch`: the row that keeps it. */
export type VouchAnswer = { outcome: 'done'; vouch: string } | { outcome: 'refused'; code: RefusalCode };

export interface VouchActivities {
  /** Takes the word of somebody who is signed in to My factors for the claimant of an open reset. */
  vouch(asked: DeedAsked): Promise<VouchAnswer>;
}
