import { isUnder } from './account.ts';
import type { When } from './rule-choice.ts';

type List = readonly string[] | undefined;

/** Whether one of `wide` holds whenever one of `narrow` does. */
const widened = (wide: List, narrow: List): boolean => wide === undefined || (narrow?.every((one) => wide.includes(one)) ?? false);
/** Whether none of `few` holds whenever none of `many` does. */
const excludedToo = (few: List, many: List): boolean => few === undefined || few.every((one) => many?.includes(one) ?? false);
const under = (wide: List, narrow: List): boolean =>
  wide === undefined || (narrow?.every((dn) => wide.some((subtree) => isUnder(dn, subtree))) ?? false);
const notUnder = (few: List, many: List): boolean =>
  few === undefined || few.every((dn) => many?.some((subtree) => isUnder(dn, subtree)) ?? false);

/** Whether a rule that fits by `narrow` fits by `wide` too, for every account and at every moment. False when that is not plain to see. */
export function covers(wide: When, narrow: When): boolean {
  return (
    (wide.protected === undefined || wide.protected === narrow.protected) &&
    under(wide.under, narrow.under) &&
    notUnder(wide.notUnder, narrow.notUnder) &&
    widened(wide.memberOf, narrow.memberOf) &&
    excludedToo(wide.notMemberOf, narrow.notMemberOf) &&
    widened(wide.flags, narrow.flags) &&
    excludedToo(wide.notFlags, narrow.notFlags) &&
    widened(wide.via, narrow.via) &&
    widened(wide.networks, narrow.networks) &&
    excludedToo(wide.notNetworks, narrow.notNetworks) &&
    (wide.hours === undefined || JSON.stringify(wide.hours) === JSON.stringify(narrow.hours))
  );
}

/** The first rule before `index` that fits wherever this condition does; then the rule there is never reached by it. */
export function coveredBy<R extends { when: When }>(rules: readonly R[], index: number, when: When): R | undefined {
  return rules.slice(0, index).find((earlier) => covers(earlier.when, when));
}
