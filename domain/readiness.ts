import type { Methods } from './accept.ts';
import { canAlone } from './policy-requirements.ts';
import type { Rule } from './policy.ts';

/** Why somebody could not reset their password today without another person's help, the gravest first. */
export const UNREADY = ['no-rule', 'no-approver', 'no-factor', 'no-code'] as const;
export type Unready = (typeof UNREADY)[number];

/**
 * What stands in the way of somebody who holds so much, or undefined. `no-factor`: no way in of the rule takes a factor that they hold.
 * `no-code`: with what they hold the help desk, or a colleague who vouches, can let them in; alone they cannot.
 */
export function whyNotReady(rule: Pick<Rule, 'accept'> | undefined, held: Methods, noApprover: boolean): Unready | undefined {
  if (!rule) return 'no-rule';
  if (noApprover) return 'no-approver';
  if (canAlone(rule, held)) return undefined;
  return rule.accept.some(({ factors }) => factors.every((method) => held.factors.includes(method))) ? 'no-code' : 'no-factor';
}

/** How ready the accounts of one organisational unit are; its distinguished name, or '' of whatever has none. */
export interface UnitReadiness {
  unit: string;
  accounts: number;
  /** Could reset alone. */
  ready: number;
  /** Could with somebody's help. */
  helped: number;
}
