import type { RefusalCode } from '#domain/refusals.ts';

/** Under break-glass: until when enough signatures hold, when they do. */
export interface BreakGlass {
  /** RFC 3339. */
  until: string;
  /** Also before the witnesses have cosigned. */
  unwitnessed: boolean;
}

/** `until`: how long this signature holds; `given` when there are enough of them. */
export type BreakGlassChecked =
  | { outcome: 'signed'; attestation: string; until: string; given: BreakGlass | null }
  | { outcome: 'refused'; code: RefusalCode };

export type ReviewAnswer = { outcome: 'done'; review: string } | { outcome: 'refused'; code: RefusalCode };
