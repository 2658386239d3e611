import type { CardShown } from '#domain/attestation.ts';
import type { CardRefusal } from '#domain/card-refusals.ts';
import type { FactorMethod } from '#domain/next.ts';
import type { Transaction } from '#db';
import { checkClaimantKey, type ForWhichUse } from './check-claimant-key.ts';
import { checkOneTimeCode } from './check-one-time-code.ts';
import type { VerifierDeps } from './deps.ts';
import { showCard } from './show-card.ts';
import type { Typed } from './typed.ts';

/** What passed: a code and what made it, a security key or a smart card. */
export interface FactorShown {
  method: FactorMethod;
  credential: string;
  consumed: string | string[];
  card?: CardShown;
  /** When the certificate of the card was issued. */
  issued?: Date;
}

export interface LookedAt {
  passed: FactorShown | undefined;
  /** What a leaf says of one that did not pass. */
  facts: { method: 'smart-card' | 'passkey' | 'one-time-code'; fault?: string; credential?: string };
  /** What the holder of a card may hear of it. */
  refusal: CardRefusal | undefined;
  /** Used up, whatever came of it. */
  consumed: string[] | undefined;
}

/**
 * Checks the one-time code, security key or smart card that a claimant showed in this reset, for the step or for coming back.
 * `account` undefined: the same statements are run for nobody, and nothing passes. What passed has to be burned by the caller.
 */
export async function lookAtFactor(
  tx: Transaction,
  deps: VerifierDeps,
  of: { reset: string; account: string | undefined; use: ForWhichUse; perAuthenticator: number },
  typed: Typed<'factor'> | Typed<'resume'> | undefined,
): Promise<LookedAt> {
  const { reset, account, use, perAuthenticator } = of;
  const card = typed && 'card' in typed ? await showCard(tx, deps, { reset, account }, typed.card) : undefined;
  const key = typed && 'assertion' in typed ? await checkClaimantKey(tx, deps, { account, reset, use }, typed) : undefined;
  const value = typed && 'value' in typed ? typed.value : undefined;
  const code = card || key ? undefined : await checkOneTimeCode(tx, deps, account, value, perAuthenticator, typed?.source);
  if (card && 'refusal' in card) {
    const { refusal, fault, credential, consumed } = card;
    const facts = { method: 'smart-card', fault, ...(credential === undefined ? {} : { credential }) } as const;
    return { passed: undefined, facts, refusal, consumed };
  }
  if (card) {
    const passed = account === undefined ? undefined : { method: 'smart-card' as const, ...card };
    return { passed, facts: { method: 'smart-card' }, refusal: undefined, consumed: card.consumed };
  }
  const nothingElse = { refusal: undefined, consumed: undefined };
  if (key && 'fault' in key) return { passed: undefined, facts: { method: 'passkey' as const, fault: key.fault }, ...nothingElse };
  return { passed: key ?? code, facts: { method: key ? 'passkey' : 'one-time-code' }, ...nothingElse };
}
