import { parentOf, samePerson, type AccountFacts, type Identity } from './account.ts';
import { isEligible, type ResolvedSource } from './approval.ts';
import type { ApproverSource } from './approval-stage.ts';
import type { ProofPassed } from './attestation.ts';
import type { RefusalCode } from './refusals.ts';

/** Who may vouch under a rule: whoever may decide a stage; and whoever has their account in the very unit of the claimant's. */
export type VoucherSource = ApproverSource | { relation: 'same-unit' };

/** What a source of vouchers came to when the directory was asked. */
export type ResolvedVoucher = ResolvedSource | { unit: string };

export interface VouchQuestion {
  voucher: Identity & Pick<AccountFacts, 'dn' | 'enabled' | 'expired' | 'groups'>;
  claimant: Identity;
  /** The rule's sources as the directory says now; what nobody or nothing fills any more is left out. */
  sources: readonly ResolvedVoucher[];
  /** When the voucher's own password was last reset by this product, and when their factors were last replaced. */
  lastOwnReset: Date | undefined;
  lastFactorChange: Date | undefined;
  coolingOffSeconds: number;
  /** The moment at which they vouched. */
  now: Date;
}

/**
 * Why this person may not vouch for the claimant, or undefined when they may. The same function answers the verifier when
 * they vouch and the writer just before the write: whoever was disabled or moved in between vouched for nothing. There is
 * no vouching in the place of another: a delegation gives no right to it.
 */
export function whyNotVouch(q: VouchQuestion): RefusalCode | undefined {
  // Nobody stands beside themselves, whichever of their accounts they use.
  if (samePerson(q.voucher, q.claimant)) return 'vouch-for-oneself';
  if (!q.voucher.enabled || q.voucher.expired) return 'account-not-active';
  if (!isVoucher(q.voucher, q.sources)) return 'not-a-voucher';
  // A taken-over colleague would have been reset, or given other factors, shortly before.
  return [q.lastOwnReset, q.lastFactorChange].some((change) => isRecent(q, change)) ? 'voucher-not-yet' : undefined;
}

function isVoucher(voucher: VouchQuestion['voucher'], sources: readonly ResolvedVoucher[]): boolean {
  const unit = parentOf(voucher.dn)?.toLowerCase();
  return sources.some((source) => ('unit' in source ? source.unit.toLowerCase() === unit : isEligible(voucher, [source])));
}

function isRecent({ now, coolingOffSeconds }: VouchQuestion, change: Date | undefined): boolean {
  return change !== undefined && now.getTime() - change.getTime() < coolingOffSeconds * 1000;
}

/** What a write, or an auditor, knows of everybody who vouched. */
export interface VouchersNow {
  claimant: Identity;
  people: ReadonlyMap<string, AccountFacts>;
  sources: readonly ResolvedVoucher[];
  lastResets: ReadonlyMap<string, Date>;
  factorChanges: ReadonlyMap<string, Date>;
  coolingOffSeconds: number;
}

/**
 * Whether a proof still stands: every one does but a vouching by somebody who may not vouch by what is known now. Cooling-off is
 * about the moment at which they vouched: waiting does not mend it, and a change of theirs since then counts too.
 */
export function stillVouched(proof: ProofPassed, { people, claimant, sources, lastResets, factorChanges, ...rest }: VouchersNow): boolean {
  if (proof.method !== 'vouching') return true;
  const voucher = proof.issuer === null ? undefined : people.get(proof.issuer);
  if (!voucher || !proof.vouched) return false;
  const changes = { lastOwnReset: lastResets.get(voucher.guid), lastFactorChange: factorChanges.get(voucher.guid) };
  return whyNotVouch({ voucher, claimant, sources, ...changes, ...rest, now: new Date(proof.vouched.at) }) === undefined;
}
