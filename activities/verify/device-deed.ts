import { randomUUID } from 'node:crypto';
import type { DeviceDeedAnswer, DeviceDeedAsked } from '#activities/device-contract.ts';
import type { LeafType } from '#domain/leaf-types.ts';
import type { Policy } from '#domain/policy.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import { deviceStatement, devicePurpose } from '#domain/device-statement.ts';
import { OFFICER_TAG } from '#domain/joint-act.ts';
import type { Json } from '#evidence/jcs.ts';
import { policyInForce } from '#prisma/policies.ts';
import type { Transaction } from '#db';
import { confirmedDeed } from './confirmed-deed.ts';
import { NOBODY, type RoleGroups, type VerifierDeps } from './deps.ts';
import { changeDevice, deviceById, lockDevice, ticketBody, ticketHash } from './device-rows.ts';
import { ONLY } from './issue-code.ts';
import { whyCoolingOff } from './last-changes.ts';
import { databaseTime } from './once.ts';
import { openTyped } from './open-typed.ts';
import { ownDeed } from './own-deed.ts';
import type { Person } from './people.ts';
import { rolesOf } from './roles.ts';
import { signRow } from './row-signature.ts';
import type { Typed } from './typed.ts';

type TypedDeed = Typed<'device-deed'>;
type Done = Extract<DeviceDeedAnswer, { outcome: 'done' }>;
type Effect = { leaf: LeafType; do: Record<string, Json>; device?: string; answer: Omit<Done, 'outcome'>; consumed: string[] };

/** Laptops are handed out at the help desk; who may take one away may also let one in. */
const MAY: readonly (keyof RoleGroups)[] = ['help-desk', 'security-officer', 'administrator'];

/**
 * What an officer does about devices, confirmed with their own key or a code: a ticket for a device of one name, the approval of
 * one that has enrolled by somebody else's ticket, the revocation of one. Somebody at the operator's terminal names themselves.
 */
export async function deviceDeed(deps: VerifierDeps, { request, account: signedIn, sealed }: DeviceDeedAsked): Promise<DeviceDeedAnswer> {
  const named = signedIn === null ? await openTyped(deps, 'device-deed', sealed, request) : undefined;
  const account = signedIn ?? (named && (await deps.people.find(named.account))?.guid) ?? NOBODY;
  return ownDeed<'device-deed', Done>(
    deps,
    { purpose: 'device-deed', subject: request, updateId: ONLY, sealed, account, ...(named ? { typedAs: named.account } : {}) },
    { type: 'device.refused', do: { deed: null } },
    async (typed, person) => {
      const { policy } = await policyInForce(deps.db);
      const why = await whyNot(deps, person);
      const act = async (tx: Transaction) => {
        const now = await databaseTime(tx);
        const refusal = why ?? (await whyCoolingOff(tx, account, now, policy)) ?? (await whyNotThis(tx, deps, typed, account));
        if (refusal || !person) return { refusal: refusal ?? ('role-needed' as const) };
        const { deed, about, reason } = typed;
        const by = await confirmedDeed(tx, deps, {
          account,
          subject: request,
          policy,
          by: typed.by,
          tag: OFFICER_TAG,
          purpose: devicePurpose(deed, about),
          source: typed.source,
          statement: (ceremony) => deviceStatement(ceremony, { deed, about, reason }),
        });
        if ('refusal' in by) return by;
        const effect = await effectOf(tx, deps, { typed, person, policy, now });
        if (!effect) return { refusal: 'service-unavailable' as const, consumed: [by.consumed] };
        const signed = by.signed ? { signed: by.signed } : {};
        const personal = effect.device === undefined ? {} : { device: effect.device };
        const leaf = { type: effect.leaf, do: { ...effect.do, reason, ...signed }, personal };
        const confirmed = { method: by.method, credential: by.credential, consumed: [by.consumed, ...effect.consumed] };
        return { answer: { outcome: 'done' as const, ...effect.answer }, leaf, by: confirmed };
      };
      return { about: { do: { deed: typed.deed } }, act };
    },
  );
}

async function whyNot(deps: VerifierDeps, person: Person | undefined): Promise<RefusalCode | undefined> {
  if (!person || !person.enabled || person.expired || person.locked) return 'account-not-active';
  const roles = await rolesOf(deps, person);
  return MAY.some((role) => roles.includes(role)) ? undefined : 'role-needed';
}

async function whyNotThis(
  tx: Transaction,
  { keys }: VerifierDeps,
  { deed, about }: TypedDeed,
  account: string,
): Promise<RefusalCode | undefined> {
  if (deed === 'ticket') return undefined;
  const row = await tx.device.findUnique({ where: { id: about }, select: { name: true, enrolledBy: true } });
  if (!row) return 'device-not-there';
  await lockDevice(tx, row.name);
  const device = await deviceById(tx, keys, about);
  // What a hand wrote into the table counts for nothing as it is, and so it can be taken away at any time.
  if (deed === 'revoke') return device?.state === 'revoked' ? 'device-not-there' : undefined;
  if (device?.state !== 'waiting') return 'device-not-waiting';
  return row.enrolledBy === account ? 'device-second-person' : undefined;
}

async function effectOf(
  tx: Transaction,
  deps: VerifierDeps,
  { typed, person, policy, now }: { typed: TypedDeed; person: Person; policy: Policy; now: Date },
): Promise<Effect | undefined> {
  const { deed, about } = typed;
  if (deed === 'ticket') return makeTicket(tx, deps, { typed, person, policy, now });
  const name = person.displayName;
  if (deed === 'approve') {
    const consumed = await changeDevice(tx, deps.keys, about, {
      state: 'active',
      approvedBy: person.guid,
      approvedByName: name,
      approvedAt: now,
    });
    return { leaf: 'device.approved', do: { device: about }, answer: { about }, consumed };
  }
  const consumed = await changeDevice(tx, deps.keys, about, { state: 'revoked', revokedByName: name, revokedAt: now });
  return { leaf: 'device.revoked', do: { device: about }, answer: { about }, consumed };
}

async function makeTicket(
  tx: Transaction,
  { keys }: VerifierDeps,
  { typed, person, policy, now }: { typed: TypedDeed; person: Person; policy: Policy; now: Date },
): Promise<Effect | undefined> {
  const hash = ticketHash(keys, typed.ticket ?? '');
  if (!hash) return undefined;
  const expiresAt = new Date(now.getTime() + policy.devices.ticket * 1000);
  const row = { id: randomUUID(), hash, name: typed.about, issuer: person.guid, expiresAt };
  const signature = signRow(keys, ticketBody(row));
  await tx.deviceTicket.create({ data: { ...row, issuerName: person.displayName, createdAt: now, signature }, select: { id: true } });
  const expires = expiresAt.toISOString();
  return {
    leaf: 'device.ticket',
    do: { ticket: row.id, expires },
    device: row.name,
    answer: { about: row.id, expiresAt: expires },
    consumed: [],
  };
}
