import { DELEGATION_REFUSALS } from './delegation-refusals.ts';
import type { RefusalCode } from './refusals.ts';

/** Why somebody's decision does not count: said to that person, in words about themselves. */
const OF_A_DECISION: ReadonlySet<RefusalCode> = new Set<RefusalCode>([
  'not-an-approver',
  'eligible-too-late',
  'own-account',
  'issued-the-code',
  'already-decided',
  'recently-reset',
  'factors-replaced',
  'approver-not-active',
  'passkey-needed',
  'passkey-not-accepted',
  'passkey-not-verified',
  'passkey-synced',
  'approval-closed',
  ...(Object.keys(DELEGATION_REFUSALS) as (keyof typeof DELEGATION_REFUSALS)[]), // the table's own keys
]);

/**
 * The refusal whose words a claimant reads when a reset ends with this one. What the writer finds wrong with an approval is
 * worded for the approver, who would be meant; the claimant hears that an approval no longer counts. Records keep the code itself.
 */
export function toldToClaimant(code: RefusalCode): RefusalCode {
  if (OF_A_DECISION.has(code)) return 'approval-void';
  // Whoever vouched is not the claimant's business, and their words are for the help desk.
  return code === 'issuer-own-account' ? 'evidence-missing' : code;
}
