import { isUnder, type AccountFacts } from './account.ts';
import type { ApprovalStage } from './approval-stage.ts';
import type { Calendar } from './calendar.ts';
import type { FactorMethod, ProofMethod } from './next.ts';

export interface Rule {
  id: string;
  when: { protected: boolean };
  proofs: readonly ProofMethod[];
  factors: readonly FactorMethod[];
  approvals: readonly ApprovalStage[];
}

/** Times in seconds. */
export interface PolicyTimers {
  unproven: number;
  approval: number;
  choosePassword: number;
  sealedPassword: number;
  coolingOff: number;
  issuedCode: number;
  /** So long after its end a reset tells the claimant who comes back how it ended. */
  outcome: number;
}

export interface PolicyAttempts {
  proofsPerReset: number;
  factorsPerReset: number;
  passwordsPerReset: number;
  /** Consecutive failures of one authenticator before it is disabled (NIST SP 800-63B-4 §3.2.2 allows at most 100). */
  perAuthenticator: number;
  perAccountPerHour: number;
  signInsPerAccountPerHour: number;
}

export interface Policy {
  name: string;
  /** Subtrees whose accounts are served. Every other account goes on as a decoy. */
  serves: readonly string[];
  rules: readonly Rule[];
  /** Business hours by which timers of stages run. */
  calendars: Readonly<Record<string, Calendar>>;
  /** Roles that stages ask for, each with the groups whose members hold it. */
  roles: Readonly<Record<string, readonly string[]>>;
  timers: PolicyTimers;
  attempts: PolicyAttempts;
  password: { minLength: number; siteWords: readonly string[] };
}

export function isServed(policy: Policy, account: Pick<AccountFacts, 'dn'>): boolean {
  return policy.serves.some((subtree) => isUnder(account.dn, subtree));
}

/** The first rule that fits the account, or undefined: an account without a rule is never reset. */
export function selectRule(policy: Policy, account: Pick<AccountFacts, 'dn' | 'protectedBy'>): Rule | undefined {
  if (!isServed(policy, account)) return undefined;
  const isProtected = account.protectedBy !== undefined;
  return policy.rules.find((rule) => rule.when.protected === isProtected);
}
