import { fills } from './key-kinds.ts';
import { OFFERED_FACTORS, OFFERED_PROOFS, type FactorMethod, type OfferedFactor, type ProofMethod } from './next.ts';

/** Methods of each kind: what an alternative asks for, or what a claimant has passed. */
export interface Methods {
  proofs: readonly ProofMethod[];
  factors: readonly FactorMethod[];
}

/** One way to be believed: every proof and every factor of it. */
export interface Alternative extends Methods {
  name: string;
}

/** What the claimant is asked for now. */
export type Asked = { step: 'prove'; choices: readonly ProofMethod[] } | { step: 'factor'; choices: readonly OfferedFactor[] };

const missing = <M>(wanted: readonly M[], passed: readonly M[]): M[] => wanted.filter((method) => !passed.includes(method));
/** Of the factors that are asked for, those that nothing that was shown stands for. */
export const missingFactors = (wanted: readonly FactorMethod[], shown: readonly FactorMethod[]): FactorMethod[] =>
  wanted.filter((method) => !shown.some((one) => fills(method, one)));

/** Whether everything that some alternative asks for has passed. */
export function isAccepted(accept: readonly Methods[], passed: Methods): boolean {
  return accept.some(
    ({ proofs, factors }) => missing(proofs, passed.proofs).length === 0 && missingFactors(factors, passed.factors).length === 0,
  );
}

/**
 * What comes next, or undefined when the claimant is believed. Everybody is asked for one proof and then one factor, with
 * every method on offer, whatever the account and also when there is none (at a login screen a known device besides): only behind both is anything said that is
 * specific, and so only there an alternative may ask for more. Then the one that lacks least comes first.
 */
export function askedNext(accept: readonly Methods[], passed: Methods): Asked | undefined {
  if (passed.proofs.length === 0) return { step: 'prove', choices: OFFERED_PROOFS };
  if (passed.factors.length === 0) return { step: 'factor', choices: OFFERED_FACTORS };
  const left = accept.map(({ proofs, factors }) => ({
    proofs: missing(proofs, passed.proofs),
    factors: missingFactors(factors, passed.factors),
  }));
  const [least] = left.toSorted((a, b) => a.proofs.length + a.factors.length - b.proofs.length - b.factors.length);
  if (!least || isAccepted(accept, passed)) return undefined;
  if (least.proofs.length > 0) return { step: 'prove', choices: [...new Set(left.flatMap(({ proofs }) => proofs))] };
  return {
    step: 'factor',
    choices: [...new Set(left.flatMap(({ factors }) => factors.map((method) => (method === 'synced-passkey' ? 'passkey' : method))))],
  };
}
