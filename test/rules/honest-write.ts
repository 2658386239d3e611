import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AccountFacts } from '#domain/account.ts';
import type { Attestation } from '#domain/attestation.ts';
import type { WriteQuestion } from '#domain/write-conditions.ts';
import { placeOf } from '#domain/policy.ts';
import { root } from '#ops/paths.ts';
import { parsePolicy } from '#prisma/policy-text.ts';

export const policy = parsePolicy(readFileSync(join(root, 'ops/policy/demo-bank.yaml'), 'utf8'));
export const now = new Date('2026-11-23T12:00:00Z');
export const minutesAgo = (minutes: number): string => new Date(now.getTime() - minutes * 60_000).toISOString();

export function person(guid: string, more: Partial<AccountFacts> = {}): AccountFacts {
  return {
    guid,
    sid: `S-1-5-21-${guid}`,
    dn: `CN=${guid},OU=Staff,DC=bank,DC=test`,
    enabled: true,
    locked: false,
    expired: false,
    smartcardRequired: false,
    protectedBy: undefined,
    employeeId: `number-${guid}`,
    managerGuid: undefined,
    pwdLastSet: '133000000000000000',
    groups: [],
    ...more,
  };
}

export const boss = person('boss');
export const officer = person('officer', { groups: ['sid-officers'] });
export const clerk = person('clerk');
export const admin = person('admin', { managerGuid: 'boss', protectedBy: 'S-1-5-21-1-512', dn: 'CN=admin,OU=Privileged,DC=bank,DC=test' });
export const alice = person('alice', { managerGuid: 'boss' });

/** A question to which the answer is yes, for a standard or a protected account. */
export function honest(isProtected: boolean): WriteQuestion {
  const account = isProtected ? admin : alice;
  const common = { v: 1 as const, reset: 'r1', run: 'run1', account: account.guid };
  const attestations: Attestation[] = [
    {
      ...common,
      id: '1',
      kind: 'identified',
      at: minutesAgo(30),
      sid: account.sid,
      policy: 'hash',
      rule: isProtected ? 'privileged' : 'standard',
      circumstances: { flags: [], via: 'portal', networks: [], at: minutesAgo(30) },
      protected: isProtected,
      manager: 'boss',
      pwdLastSet: account.pwdLastSet,
    },
    { ...common, id: '2', kind: 'proof', at: minutesAgo(29), method: 'issued-code', credential: 'c', issuer: 'clerk' },
    { ...common, id: '3', kind: 'factor', at: minutesAgo(28), method: 'totp', credential: 't' },
  ];
  if (isProtected) {
    attestations.push({
      ...common,
      id: '7',
      kind: 'approvers',
      at: minutesAgo(27),
      stages: [
        { people: ['boss'], escalations: [] },
        { people: ['officer', 'officer2'], escalations: [] },
      ],
    });
    attestations.push({
      ...common,
      id: '4',
      kind: 'decision',
      at: minutesAgo(20),
      person: 'boss',
      stage: 0,
      decision: 'approve',
      reason: '',
      method: 'passkey',
      credential: 'b',
    });
    attestations.push({
      ...common,
      id: '5',
      kind: 'decision',
      at: minutesAgo(10),
      person: 'officer',
      stage: 1,
      decision: 'approve',
      reason: '',
      method: 'passkey',
      credential: 'o',
    });
  }
  return {
    reset: 'r1',
    run: 'run1',
    writerClass: isProtected ? 'privileged' : 'staff',
    operation: 'new-password',
    policy,
    policySha256: 'hash',
    attestations,
    account,
    place: placeOf(account, new Map()),
    people: new Map([boss, officer, clerk].map((p) => [p.guid, p])),
    voucherSources: [],
    breakGlassSources: [],
    sources: isProtected ? [[{ person: 'boss' }], [{ groupSid: 'sid-officers' }]] : [],
    lastResets: new Map(),
    factorChanges: new Map(),
    revoked: new Set(),
    delegations: new Map(),
    withdrawn: new Set(),
    signedDecisions: new Set(['4', '5', '6', '9']),
    now,
  };
}

export type Lie = (q: WriteQuestion) => WriteQuestion;
export const statements =
  (kind: Attestation['kind'], change: (a: Attestation) => object | undefined): Lie =>
  (q) => ({
    ...q,
    attestations: q.attestations.flatMap((a) => {
      const changed = a.kind === kind ? change(a) : {};
      return changed ? [{ ...a, ...changed }] : [];
    }),
  });
export const account =
  (change: Partial<AccountFacts>): Lie =>
  (q) => {
    const changed = { ...q.account, ...change };
    return { ...q, account: changed, place: placeOf(changed, new Map()) };
  };
export const someone =
  (guid: string, change: Partial<AccountFacts> | undefined): Lie =>
  (q) => {
    const people = new Map(q.people);
    const was = people.get(guid);
    if (was && change) people.set(guid, { ...was, ...change });
    else people.delete(guid);
    return { ...q, people };
  };
