import { missingFactors, type Methods } from './accept.ts';
import type { FactorMethod } from './next.ts';
import { canAlone } from './policy-requirements.ts';
import type { Rule } from './policy.ts';

/** Why somebody could not reset their password today without another person's help, the gravest first. */
export const UNREADY = ['no-rule', 'card-only', 'no-approver', 'no-factor', 'card-unknown', 'no-code'] as const;
export type Unready = (typeof UNREADY)[number];

/** What is asked about one account: what it holds, and what the directory says. */
export interface Ready {
  /** A smart card is among the factors when the directory maps one to the account. */
  held: Methods;
  noApprover: boolean;
  /** The directory lets the account sign in with a smart card only. */
  smartcardRequired: boolean;
  /** Smart cards count here at all: somebody has said whose. */
  cardsCount: boolean;
}

/**
 * What stands in the way of somebody, or undefined. `card-only`: a new password would not help them. `no-factor`: no way in of the rule takes a
 * factor that they hold. `card-unknown`: one takes a smart card, and whether they have one is not in the directory: a card
 * that carries the SID of its holder is known only once it is shown. `no-code`: with what they hold the help desk, or a
 * colleague who vouches, can let them in; alone they cannot, unless they still know a password that the rule takes.
 */
export function whyNotReady(rule: Pick<Rule, 'accept'> | undefined, asked: Ready): Unready | undefined {
  const { held } = asked;
  if (!rule) return 'no-rule';
  if (asked.smartcardRequired) return 'card-only';
  if (asked.noApprover) return 'no-approver';
  if (canAlone(rule, held)) return undefined;
  const getsInBy = (factors: readonly FactorMethod[]) => rule.accept.some((way) => missingFactors(way.factors, factors).length === 0);
  if (getsInBy(held.factors)) return 'no-code';
  return asked.cardsCount && getsInBy([...held.factors, 'smart-card']) ? 'card-unknown' : 'no-factor';
}

/** What an account holds with the card that the directory maps to it, where cards count. */
export function withCard(held: Methods, isMapped: boolean, cardsCount: boolean): Methods {
  return isMapped && cardsCount ? { ...held, factors: [...held.factors, 'smart-card'] } : held;
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
