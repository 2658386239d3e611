import { z } from 'zod';
import type { RefusalCode } from '#domain/refusals.ts';
import type { DelegationRow } from '#prisma/delegations.ts';
import { assertion, sealedAssertion } from './passkey-shapes.ts';
import { moment } from './shapes.ts';
import { accountName, code, text } from './typed.ts';

/** By what somebody confirms a deed of theirs at the console: their own key, or the code of their authenticator. */
export const ownFactor = z.union([z.strictObject({ totp: code }), z.strictObject({ ceremony: z.uuid(), assertion })]);

/** As activities/verify/typed.ts takes it. */
export function sealedFactor(by: z.infer<typeof ownFactor>) {
  return 'totp' in by ? by : { ceremony: by.ceremony, assertion: sealedAssertion(by.assertion) };
}

/** RFC 3339 in UTC, to the second or finer. */
const time = z.iso.datetime('is no time such as 2026-11-26T08:00:00Z');

/** To whom, about what and how long. No group, unit and account at all means everything. */
const typedDelegation = {
  to: accountName,
  groups: z.array(text(256)).max(20).default([]),
  units: z.array(text(1024)).max(20).default([]),
  accounts: z.array(accountName).max(20).default([]),
  since: time,
  until: time,
};
export const newDelegation = z.strictObject({ ...typedDelegation, by: ownFactor });
/** The same, in whose place it is not made by themselves. */
export const forAnother = z.strictObject({ from: accountName, ...typedDelegation });

/** Why no delegation is made of what was typed, whoever makes it (domain/delegation.ts). */
export const delegationRefusals = [
  'delegate-not-found',
  'scope-not-found',
  'delegation-to-self',
  'delegation-dates',
  'delegation-too-long',
  'delegation-about-delegate',
  'delegate-cannot-decide',
  'delegate-is-away',
  'delegation-chain',
  'too-many-delegations',
] as const satisfies readonly RefusalCode[];

export const delegationSchema = z.object({
  id: z.string(),
  from: z.string(),
  fromName: z.string(),
  to: z.string(),
  toName: z.string(),
  /** Names of what it is about; empty for everything. */
  scope: z.array(z.string()),
  since: moment,
  until: moment,
  madeAt: moment,
  /** A decision that needs a key needs a delegation that was confirmed with one. */
  method: z.enum(['passkey', 'totp']),
  /** Names of the two security officers who made it for the delegator; empty when the delegator made it. */
  officers: z.array(z.string()),
  state: z.enum(['to-come', 'running', 'over', 'withdrawn', 'declined']),
  endedAt: moment.nullable(),
});

export function delegationView(row: DelegationRow, now: Date): z.infer<typeof delegationSchema> {
  const state = row.withdrawnAt
    ? row.withdrawnBy === row.toGuid
      ? 'declined'
      : 'withdrawn'
    : row.until <= now
      ? 'over'
      : row.since > now
        ? 'to-come'
        : 'running';
  return {
    id: row.id,
    from: row.fromGuid,
    fromName: row.fromName,
    to: row.toGuid,
    toName: row.toName,
    scope: row.scopeNames,
    since: row.since.toISOString(),
    until: row.until.toISOString(),
    madeAt: row.madeAt.toISOString(),
    method: row.method === 'passkey' ? 'passkey' : 'totp',
    officers: row.officerNames,
    state,
    endedAt: row.withdrawnAt?.toISOString() ?? null,
  };
}
