import type { RefusalCode } from '#domain/refusals.ts';
import type { FileFault, LeftOut, OpenedBy, TokenDeed } from '#domain/token.ts';

/** What somebody does about hardware tokens at the operator's terminal. */
export interface TokenDeedAsked {
  request: string;
  deed: TokenDeed;
  /** Sealed: who does it, the code that confirms it, and what it needs. */
  sealed: string;
}
/** Serial numbers and counts only: what is taken of a file stands in no history. */
export type TokenDeedAnswer =
  | {
      outcome: 'done';
      import?: string;
      openedBy?: OpenedBy;
      packages?: number;
      sha256?: string;
      taken?: number;
      leftOut?: LeftOut[];
      others?: number;
    }
  | { outcome: 'refused'; code: RefusalCode; fault?: FileFault };

export interface TokenActivities {
  tokenDeed(asked: TokenDeedAsked): Promise<TokenDeedAnswer>;
}
