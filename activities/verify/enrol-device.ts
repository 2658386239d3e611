import { randomUUID } from 'node:crypto';
import type { EnrolDeviceAnswer, EnrolDeviceAsked } from '#activities/device-contract.ts';
import { recordLeaf } from '#activities/record-leaf.ts';
import { ticketUsed } from '#domain/device.ts';
import type { Policy } from '#domain/policy.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import type { Json } from '#evidence/jcs.ts';
import { DEVICE_ROW, deviceBody, deviceKey, keyHashOf, type DeviceRow, type SignedDevice } from '#prisma/device-rows.ts';
import { policyInForce } from '#prisma/policies.ts';
import type { Transaction } from '#db';
import { VERIFIER, type VerifierDeps } from './deps.ts';
import { changeDevice, deviceNow, lockDevice, tellOfDevice, ticketOf, type TicketRow } from './device-rows.ts';
import { byComputer, lookAtComputer } from './enrol-by-computer.ts';
import { ONLY } from './issue-code.ts';
import { databaseTime, earlierOutcome, isBurned, once } from './once.ts';
import { openTyped } from './open-typed.ts';
import { signRow } from './row-signature.ts';
import { fromWhere, type Typed } from './typed.ts';
import type { TypedByTicket } from './typed-device.ts';

/** A device in leaves: it acts by itself, and is named by its id. */
export const DEVICE = { type: 'service', name: 'device' } as const;

type Outcome = { outcome: EnrolDeviceAnswer; consumed?: string[] };

/** What became of a device that asks: the row that it gets and what it used up, the device that this key is already, or a no. */
export type Entry =
  | {
      row: Pick<DeviceRow, 'ticketId' | 'computerGuid' | 'enrolledBy'>;
      enrolledByName: string | null;
      state: 'waiting' | 'active';
      consumed: string[];
    }
  | { again: SignedDevice }
  | { refused: RefusalCode; facts: Record<string, Json> };

/**
 * Registers the key of a device that shows a ticket made for its name, or that stands in the account of its computer
 * (enrol-by-computer.ts). A ticket is burned before it is honoured: of many who show it at the same moment one is enrolled.
 * Whoever asks again with the key that was let in gets the first answer.
 */
export async function enrolDevice(deps: VerifierDeps, { request, sealed }: EnrolDeviceAsked): Promise<EnrolDeviceAnswer> {
  const attempt = { subject: request, updateId: ONLY, sealed };
  const earlier = await earlierOutcome<EnrolDeviceAnswer>(deps, attempt);
  if (earlier) return earlier;
  const typed = await openTyped(deps, 'device-enrolment', sealed, request);
  const { policy } = await policyInForce(deps.db);
  const key = typed && new Uint8Array(Buffer.from(typed.publicKey, 'base64'));
  const seen = typed && 'computer' in typed ? await lookAtComputer(deps, typed, policy) : [];

  return once<EnrolDeviceAnswer>(deps, attempt, async (tx): Promise<Outcome> => {
    const refuse = async (code: RefusalCode, facts: Record<string, Json> = {}): Promise<Outcome> => {
      const leaf = { type: 'device.enrolled', outcome: 'denied', actor: DEVICE, reason: code, do: facts } as const;
      await recordLeaf(tx, { ...leaf, ...whoAndWhence(typed) }, VERIFIER);
      return { outcome: { outcome: 'refused', code } };
    };
    if (!typed || !key || !deviceKey(key)) return refuse('service-unavailable');
    const keyHash = keyHashOf(key);
    await lockDevice(tx, typed.name);
    const now = await databaseTime(tx);
    const known = await deviceNow(tx, deps.keys, await tx.device.findUnique({ where: { keyHash }, select: DEVICE_ROW }));
    const entry =
      'computer' in typed
        ? await byComputer(tx, typed, { seen, known, keyHash, key, policy })
        : await byTicket(tx, deps, typed, { known, now, policy });
    if ('refused' in entry) return refuse(entry.refused, entry.facts);
    if ('again' in entry) {
      const { id, state } = entry.again;
      return { outcome: { outcome: 'enrolled', device: id, state: state === 'active' ? 'active' : 'waiting' } };
    }

    const { state, consumed, enrolledByName } = entry;
    const { name, platform } = typed;
    const row = { id: randomUUID(), name, platform, state, keyHash, ...entry.row, approvedBy: null } as const;
    const more = { publicKey: key, agentVersion: typed.agent, enrolledByName, addedAt: now };
    await tx.device.create({ data: { ...row, ...more, signature: signRow(deps.keys, deviceBody(row)) }, select: { id: true } });
    await tellOfDevice(tx, row.id);
    const facts = { device: row.id, ticket: row.ticketId, computer: row.computerGuid, platform, key: keyHash, state };
    await recordLeaf(tx, { type: 'device.enrolled', outcome: 'success', actor: DEVICE, do: facts, ...whoAndWhence(typed) }, VERIFIER);
    return { outcome: { outcome: 'enrolled', device: row.id, state }, consumed };
  });
}

/** A device of the same name from before gives way to one that shows a ticket. */
async function byTicket(
  tx: Transaction,
  deps: VerifierDeps,
  typed: TypedByTicket,
  { known, now, policy }: { known: SignedDevice | undefined; now: Date; policy: Policy },
): Promise<Entry> {
  const ticket = await ticketOf(tx, deps.keys, typed.ticket);
  if (known && known.state !== 'revoked' && (await isTicketOf(tx, known.id, ticket))) return { again: known };
  if (!ticket || known || (await whyNoTicket(tx, ticket, typed, now)))
    return { refused: 'device-ticket-refused', facts: { ticket: ticket?.id ?? null } };
  const gone = await giveWay(tx, deps, typed.name, now);
  await tx.deviceTicket.updateMany({ where: { id: ticket.id }, data: { usedAt: now } });
  return {
    row: { ticketId: ticket.id, computerGuid: null, enrolledBy: ticket.issuer },
    enrolledByName: await issuerName(tx, ticket),
    state: policy.devices.approval === 'second-person' ? 'waiting' : 'active',
    consumed: [ticketUsed(ticket.id), ...gone],
  };
}

async function whyNoTicket(
  tx: Transaction,
  ticket: TicketRow,
  { name }: TypedByTicket,
  now: Date,
): Promise<'other-device' | 'expired' | 'used' | undefined> {
  if (ticket.name !== name) return 'other-device';
  if (ticket.expiresAt <= now) return 'expired';
  return (await isBurned(tx, ticketUsed(ticket.id))) ? 'used' : undefined;
}

async function isTicketOf(tx: Transaction, device: string, ticket: TicketRow | undefined): Promise<boolean> {
  const row = await tx.device.findUnique({ where: { id: device }, select: { ticketId: true } });
  return ticket !== undefined && row?.ticketId === ticket.id;
}

async function issuerName(tx: Transaction, { id }: TicketRow): Promise<string> {
  return (await tx.deviceTicket.findUniqueOrThrow({ where: { id }, select: { issuerName: true } })).issuerName;
}

/** People's names stand in the names of their computers. */
function whoAndWhence(typed: Typed<'device-enrolment'> | undefined): Pick<Parameters<typeof recordLeaf>[1], 'personal'> {
  return { personal: { ...fromWhere(typed).personal, ...(typed ? { device: typed.name } : {}) } };
}

/** Revokes what had this name: somebody with the right to do so made a ticket for it anew. Returns what is burned with it. */
async function giveWay(tx: Transaction, { keys }: VerifierDeps, name: string, at: Date): Promise<string[]> {
  const before = await tx.device.findMany({ where: { name, NOT: [{ keyHash: null }, { state: 'revoked' }] }, select: { id: true } });
  const burned: string[] = [];
  for (const { id } of before) {
    burned.push(...(await changeDevice(tx, keys, id, { state: 'revoked', revokedByName: '', revokedAt: at })));
    await recordLeaf(
      tx,
      { type: 'device.revoked', outcome: 'success', actor: DEVICE, reason: 'enrolled-anew', do: { device: id } },
      VERIFIER,
    );
  }
  return burned;
}
