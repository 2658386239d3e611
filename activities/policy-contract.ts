import type { RefusalCode } from '#domain/refusals.ts';
import type { DeedAsked } from './contract.ts';

export interface ComparePolicyAsked {
  /** Id of the row that says who asked about which versions. */
  comparison: string;
}
export type ComparePolicyAnswer = { outcome: 'done'; sha256: string } | { outcome: 'stopped' } | { outcome: 'refused'; code: RefusalCode };
export type SimulatePolicyAnswer = { outcome: 'done'; simulation: string } | { outcome: 'refused'; code: RefusalCode };
export type PolicyDeedAnswer = { outcome: 'done'; policy: string } | { outcome: 'refused'; code: RefusalCode };

/** What the verifier does about versions of the policy, outside resets. */
export interface PolicyActivities {
  policyDeed(asked: DeedAsked): Promise<PolicyDeedAnswer>;
  simulatePolicy(asked: DeedAsked): Promise<SimulatePolicyAnswer>;
  comparePolicy(asked: ComparePolicyAsked): Promise<ComparePolicyAnswer>;
}
