import { missingFactors, type Methods } from './accept.ts';
import type { ApprovalStage } from './approval-stage.ts';
import { openWays } from './key-kinds.ts';
import { NOT_ENROLLED } from './next.ts';
import { mayDecideBy, passwordDemands, type Policy, type Rule } from './policy.ts';
import type { VoucherSource } from './vouching.ts';

/**
 * Everything that a rule asks, as one text: two rules ask the same when their texts are equal, whatever they are called.
 * Roles and calendars stand in it by what they hold.
 */
export function requirementsOf(policy: Policy, rule: Rule, isProtected: boolean): string {
  const { attempts, timers } = policy;
  const ways = openWays(policy, rule, isProtected)
    .map(({ proofs, factors }) => [...proofs.toSorted(), ...factors.toSorted()].join(' + '))
    .toSorted();
  const named = (sources: readonly VoucherSource[]) =>
    sources.map((source) => ('role' in source ? { groups: policy.roles[source.role] } : source));
  const asked = (stages: readonly ApprovalStage[]) =>
    stages.map(({ label, by, needs, beside, timers: { remind, escalate, expire }, calendar }) => ({
      label,
      by: named(by),
      needs,
      beside,
      remind,
      escalate: escalate.map(({ after, to }) => ({ after, to: named(to) })),
      expire,
      calendar: calendar === undefined ? null : policy.calendars[calendar],
    }));
  const { replaceFactors } = rule;
  const replacement = replaceFactors && {
    ways: replaceFactors.accept.map(({ proofs }) => proofs.toSorted().join(' + ')).toSorted(),
    approvals: asked(replaceFactors.approvals),
    wait: replaceFactors.wait,
  };
  const takesDevices = [...rule.accept, ...(replaceFactors?.accept ?? [])].some(({ proofs }) => proofs.includes('known-device'));
  const decisions = rule.approvals.length > 0 || replaceFactors ? mayDecideBy(rule, isProtected) : [];
  const { breakGlass } = rule;
  const glass = breakGlass && { ...breakGlass, from: named(breakGlass.from) };
  return JSON.stringify({
    may: rule.may.toSorted(),
    ways,
    vouchers: rule.vouchers && named(rule.vouchers),
    approvals: asked(rule.approvals),
    replacement,
    decisions,
    glass,
    password: passwordDemands(policy, rule),
    knownWithin: takesDevices ? policy.devices.knownWithin : undefined,
    attempts,
    timers,
  });
}

/** Whether somebody who holds so much gets through by themselves: some way in asks for nothing but what they have enrolled. */
export function canAlone(rule: Pick<Rule, 'accept'> | undefined, held: Methods): boolean {
  return (
    rule?.accept.some(
      ({ proofs, factors }) =>
        proofs.every((method) => !NOT_ENROLLED.includes(method) && held.proofs.includes(method)) &&
        missingFactors(factors, held.factors).length === 0,
    ) ?? false
  );
}
