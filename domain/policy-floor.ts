import { isOwnKey } from './attestation.ts';
import { LEAST_OFFICERS } from './break-glass.ts';
import { LEAST_PROTECTED_WAIT } from './factor-replacement.ts';
import { isLittleProof, type ProofMethod } from './next.ts';
import { belowBases } from './policy-bases.ts';
import type { PolicyFinding } from './policy-finding.ts';
import type { Policy, Rule } from './policy.ts';
import { isMultiFactor } from './reset-track.ts';
import { coveredBy } from './rule-cover.ts';

/** So many different people approve before a protected account is reset, whatever a policy says. */
export const LEAST_APPROVERS = 2;

/** Whether a protected account may come under this rule: it says so or leaves it open, and no rule before it takes them all. */
export function mayBeForProtected(policy: Policy, rule: Rule): boolean {
  if (rule.when.protected === false) return false;
  return coveredBy(policy.rules, policy.rules.indexOf(rule), { ...rule.when, protected: true }) === undefined;
}

/** How many different people a rule asks to approve: nobody counts twice, over all its stages. */
export function approversNeeded({ approvals }: Pick<Rule, 'approvals'>): number {
  return approvals.reduce((people, { needs }) => people + needs, 0);
}

/**
 * Where a policy is below what no policy may be below: nobody resets a protected account with fewer than two other people,
 * each of whom signs with a key of their own, and the published rules that the policy names are kept. Empty when nothing is.
 */
export function belowFloor(policy: Policy): PolicyFinding[] {
  const tooFew = policy.rules
    .map((rule, index) => ({ rule, index }))
    .filter(({ rule }) => approversNeeded(rule) < LEAST_APPROVERS && mayBeForProtected(policy, rule))
    .map(({ rule, index }) => ({
      path: ['rules', index, 'approvals'],
      message:
        rule.when.protected === true
          ? 'Protected accounts need the approval of at least two people; add a stage, or let one need two.'
          : 'A protected account may come under this rule, and those need the approval of at least two people; add a stage, or write "protected: false" under when.',
    }));
  return [
    ...tooFew,
    ...policy.rules.flatMap((rule, index) => [
      ...weakDecisions(policy, rule, index),
      ...looseBreakGlass(rule, index),
      ...hastyReplacement(policy, rule, index),
      ...littleProof(policy, rule, index),
      ...syncedPasskeys(policy, rule, index),
    ]),
    ...looseFirstFactor(policy),
    ...staleKnowledge(policy),
    ...belowBases(policy),
  ];
}

/** A decision about a protected account is signed with the approver's own key: a rule may neither say otherwise nor leave no way to decide. */
function weakDecisions(policy: Policy, rule: Rule, index: number): PolicyFinding[] {
  if (!mayBeForProtected(policy, rule)) return [];
  const isWeak = rule.when.protected === true ? !rule.decisions.every(isOwnKey) : !rule.decisions.some(isOwnKey);
  if (!isWeak) return [];
  return [
    {
      path: ['rules', index, 'decisions'],
      message:
        rule.when.protected === true
          ? "Decisions about protected accounts are signed with the approver's own key; write [passkey] or [passkey, smart-card], or leave the line out."
          : 'A protected account may come under this rule, and decisions about those are signed with the approver\'s own key; add passkey or smart-card, or write "protected: false" under when.',
    },
  ];
}

/** Break-glass is never easier than what it stands in for: two officers, for a shorter time than the approvers have. */
function looseBreakGlass({ breakGlass, approvals }: Rule, index: number): PolicyFinding[] {
  if (!breakGlass) return [];
  const at = (...path: PropertyKey[]) => ['rules', index, 'breakGlass', ...path];
  const shortest = Math.min(...approvals.map(({ timers }) => timers.expire));
  return [
    ...(approvals.length === 0
      ? [
          {
            path: at(),
            message: 'Nobody approves under this rule, so there is nothing that officers could stand in for; leave breakGlass out.',
          },
        ]
      : []),
    ...(breakGlass.officers < LEAST_OFFICERS
      ? [{ path: at('officers'), message: 'At least two security officers sign break-glass; write 2 or more.' }]
      : []),
    ...(breakGlass.expire >= shortest
      ? [{ path: at('expires'), message: 'Break-glass has to end sooner than the stage that waits shortest; write a shorter time.' }]
      : []),
  ];
}

/**
 * A password is the one secret that is typed everywhere, and at a device may stand anybody who has stolen it. So neither ever says whose
 * every factor is replaced, nor do both; and where a protected account is reset, they stand beside a key or card only, which knew its
 * owner itself.
 */
function littleProof(policy: Policy, rule: Rule, index: number): PolicyFinding[] {
  const replacement = (rule.replaceFactors?.accept ?? []).flatMap(({ proofs }, way): PolicyFinding[] =>
    isLittleProof(proofs)
      ? [
          {
            path: ['rules', index, 'replaceFactors', 'accept', way],
            message: `Whoever ${takesOver(proofs)} would take over every factor; ask for another proof beside it, such as issued-code.`,
          },
        ]
      : [],
  );
  if (!mayBeForProtected(policy, rule)) return replacement;
  const fix = rule.when.protected === true ? '' : ', or write "protected: false" under when';
  const ways = rule.accept.flatMap(({ proofs, factors }, way): PolicyFinding[] =>
    isLittleProof(proofs) && !factors.some(isMultiFactor)
      ? [
          {
            path: ['rules', index, 'accept', way],
            message: `For a protected account ${proofs.includes('known-device') ? 'a known device' : 'a known password'} is proof enough only with passkey or smart-card; add one of them or another proof${fix}.`,
          },
        ]
      : [],
  );
  return [...ways, ...replacement];
}

/** A device that has not seen somebody for so long knows nothing of who holds it now. */
const LONGEST_KNOWN = 90 * 86_400;

function staleKnowledge({ devices }: Policy): PolicyFinding[] {
  if (devices.knownWithin <= LONGEST_KNOWN) return [];
  return [{ path: ['devices', 'knownWithin'], message: 'A device knows an account for 90 days at most; write 90d or less.' }];
}

function takesOver(proofs: readonly ProofMethod[]): string {
  const has = [
    ...(proofs.includes('known-password') ? ['knows the password'] : []),
    ...(proofs.includes('known-device') ? ['stands at the device'] : []),
  ];
  return has.join(' and ');
}

/** Whoever sets up a first app with the password alone shows one secret: never for a protected account, and never everybody from anywhere at any age. */
function looseFirstFactor({ firstFactor }: Policy): PolicyFinding[] {
  return firstFactor.flatMap(({ when, youngerThan }, index): PolicyFinding[] => {
    const at = ['firstFactor', index, 'when'];
    if (when.protected !== false)
      return [
        { path: at, message: 'A password alone never gives the first factor of a protected account; write "protected: false" under when.' },
      ];
    const isNarrow = youngerThan !== undefined || [when.networks, when.under, when.memberOf].some((list) => list !== undefined);
    if (isNarrow) return [];
    return [
      {
        path: at,
        message:
          'By this, whoever knows the password of anybody without a factor could set one up; write networks, under or memberOf under when, or youngerThan beside it.',
      },
    ];
  });
}

/** Whoever resets a protected account with a key shows that it is theirs and in one device: a copy does not say so. */
function syncedPasskeys(policy: Policy, rule: Rule, index: number): PolicyFinding[] {
  if (!mayBeForProtected(policy, rule)) return [];
  const [may, fix] =
    rule.when.protected === true
      ? ['For a protected account', '']
      : ['A protected account may come under this rule, and for those', ', or write "protected: false" under when'];
  return rule.accept.flatMap(({ factors }, way): PolicyFinding[] =>
    factors.includes('synced-passkey')
      ? [
          {
            path: ['rules', index, 'accept', way, 'factors'],
            message: `${may} a passkey that can be copied is too little; write passkey instead of synced-passkey${fix}.`,
          },
        ]
      : [],
  );
}

/** Whoever replaces every factor takes an account over when nobody looks: somebody approves always, and for protected accounts two people do, a day before it happens. */
function hastyReplacement(policy: Policy, rule: Rule, index: number): PolicyFinding[] {
  const { replaceFactors } = rule;
  if (!replaceFactors) return [];
  const say = (field: string, message: string): PolicyFinding => ({ path: ['rules', index, 'replaceFactors', field], message });
  if (approversNeeded(replaceFactors) < 1)
    return [say('approvals', 'Somebody has to approve the replacement of lost factors; add a stage.')];
  if (!mayBeForProtected(policy, rule)) return [];
  const fix = rule.when.protected === true ? '' : ', or write "protected: false" under when';
  return [
    ...(approversNeeded(replaceFactors) < LEAST_APPROVERS
      ? [
          say(
            'approvals',
            `The factors of a protected account are replaced with the approval of at least two people; add a stage, or let one need two${fix}.`,
          ),
        ]
      : []),
    ...(replaceFactors.wait < LEAST_PROTECTED_WAIT
      ? [say('wait', `Before the factors of a protected account are replaced it is waited for a day at least; write 24h or more${fix}.`)]
      : []),
  ];
}
