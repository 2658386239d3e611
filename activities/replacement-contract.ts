import type { ProofMethod } from '#domain/next.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import type { Asked, LockChecked, StageOf } from './contract.ts';

type Refused = { outcome: 'refused'; code: RefusalCode };

/** `stopped` while an emergency stop keeps new resets of this account from going on. */
export type FactorsLost = { outcome: 'lost'; stopped?: true } | Refused;

/** `until`: RFC 3339, by the database's clock. */
export type CoolingOffBegun = { outcome: 'begun'; until: string } | Refused;

export type FactorsReplacedAnswer = { outcome: 'replaced' } | Refused;

/** What is asked of somebody who has lost every factor. `longest`: seconds after which nothing of it counts any more. */
export interface Replacement {
  accept: { name: string; proofs: ProofMethod[] }[];
  stages: StageOf[];
  longest: number;
}

/** The part of the verifier's activities that replaces lost factors. */
export interface ReplacementActivities {
  /** Signs that the claimant, of whom some proof has passed, has lost every factor and asks for new ones; or says why that is not possible here. */
  loseFactors(asked: Asked & { account: string }): Promise<FactorsLost>;
  /** Signs that everything asked for is there, and until when it is waited. */
  beginCoolingOff(asked: { reset: string; run: string; account: string }): Promise<CoolingOffBegun>;
  /** Signs that whose account it is did not ask for this, and calls the officers; or says why it does not count. */
  confirmObjection(asked: Asked & { account: string | null }): Promise<LockChecked>;
  /** Ends every factor of the account and binds the new ones, once everything holds; or says why not. */
  replaceFactors(asked: Asked & { account: string }): Promise<FactorsReplacedAnswer>;
}

/** `withoutFactor`: a claimant who has shown no factor takes an account from nobody who has. */
export interface AccountClaim {
  reset: string;
  account: string;
  expiresAt: string;
  withoutFactor?: true;
}
