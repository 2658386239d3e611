import type { RefusalCode } from '#domain/refusals.ts';

/** Whether what has passed in a reset still counts. */
export type FactorsStanding = { outcome: 'stand' } | { outcome: 'refused'; code: RefusalCode };

export interface FactorsActivities {
  /** Looks again at the smart cards among what has passed, when the reset was parked behind them. */
  factorsStand(asked: { reset: string; run: string; account: string }): Promise<FactorsStanding>;
}
