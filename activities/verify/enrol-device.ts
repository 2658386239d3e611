import { randomUUID } from 'node:crypto';
import type { EnrolDeviceAnswer, EnrolDeviceAsked } from '#activities/device-contract.ts';
import { recordLeaf } from '#activities/record-leaf.ts';
import { ticketUsed } from '#domain/device.ts';
import type { RefusalCode } from '#domain/refusals.ts';
import type { Json } from '#evidence/jcs.ts';
import { DEVICE_ROW, deviceBody, deviceKey, keyHashOf } from '#prisma/device-rows.ts';
import { policyInForce } from '#prisma/policies.ts';
import type { Transaction } from '#db';
import { VERIFIER, type VerifierDeps } from './deps.ts';
import { changeDevice, deviceNow, lockDevice, tellOfDevice, ticketOf, type TicketRow } from './device-rows.ts';
import { ONLY } from './issue-code.ts';
import { databaseTime, earlierOutcome, isBurned, once } from './once.ts';
import { openTyped } from './open-typed.ts';
import { signRow } from './row-signature.ts';
import { fromWhere, type Typed } from './typed.ts';

/** A device in leaves: it acts by itself, and is named by its id. */
export const DEVICE = { type: 'service', name: 'device' } as const;

type Outcome = { outcome: EnrolDeviceAnswer; consumed?: string[] };

/**
 * Registers the key of a device that shows a ticket made for its name. The ticket is burned before it is honoured: of many who
 * show it at the same moment one is enrolled. Whoever shows it again with the key that it let in gets the first answer.
 * A device of the same name from before gives way.
 */
export async function enrolDevice(deps: VerifierDeps, { request, sealed }: EnrolDeviceAsked): Promise<EnrolDeviceAnswer> {
  const attempt = { subject: request, updateId: ONLY, sealed };
  const earlier = await earlierOutcome<EnrolDeviceAnswer>(deps, attempt);
  if (earlier) return earlier;
  const typed = await openTyped(deps, 'device-enrolment', sealed, request);
  const { policy } = await policyInForce(deps.db);
  const publicKey = typed && new Uint8Array(Buffer.from(typed.publicKey, 'base64'));

  return once<EnrolDeviceAnswer>(deps, attempt, async (tx): Promise<Outcome> => {
    const refuse = async (code: RefusalCode, facts: Record<string, Json> = {}): Promise<Outcome> => {
      const leaf = { type: 'device.enrolled', outcome: 'denied', actor: DEVICE, reason: code, do: facts } as const;
      await recordLeaf(tx, { ...leaf, ...whoAndWhence(typed) }, VERIFIER);
      return { outcome: { outcome: 'refused', code } };
    };
    if (!typed || !publicKey || !deviceKey(publicKey)) return refuse('service-unavailable');
    const keyHash = keyHashOf(publicKey);
    await lockDevice(tx, typed.name);
    const now = await databaseTime(tx);
    const ticket = await ticketOf(tx, deps.keys, typed.ticket);
    const known = await deviceNow(tx, deps.keys, await tx.device.findUnique({ where: { keyHash }, select: DEVICE_ROW }));
    const again = known && known.state !== 'revoked' && (await isTicketOf(tx, known.id, ticket));
    if (again) return { outcome: { outcome: 'enrolled', device: known.id, state: known.state === 'active' ? 'active' : 'waiting' } };
    if (!ticket || known || (await whyNoTicket(tx, ticket, typed, now)))
      return refuse('device-ticket-refused', { ticket: ticket?.id ?? null });

    const gone = await giveWay(tx, deps, typed.name, now);
    const state = policy.devices.approval === 'second-person' ? 'waiting' : 'active';
    const { name, platform } = typed;
    const row = {
      id: randomUUID(),
      name,
      platform,
      state,
      keyHash,
      ticketId: ticket.id,
      enrolledBy: ticket.issuer,
      approvedBy: null,
    } as const;
    const more = { publicKey, agentVersion: typed.agent, enrolledByName: await issuerName(tx, ticket), addedAt: now };
    await tx.device.create({ data: { ...row, ...more, signature: signRow(deps.keys, deviceBody(row)) }, select: { id: true } });
    await tellOfDevice(tx, row.id);
    await tx.deviceTicket.updateMany({ where: { id: ticket.id }, data: { usedAt: now } });
    const facts = { device: row.id, ticket: ticket.id, platform, key: keyHash, state };
    await recordLeaf(tx, { type: 'device.enrolled', outcome: 'success', actor: DEVICE, do: facts, ...whoAndWhence(typed) }, VERIFIER);
    return { outcome: { outcome: 'enrolled', device: row.id, state }, consumed: [ticketUsed(ticket.id), ...gone] };
  });
}

async function whyNoTicket(
  tx: Transaction,
  ticket: TicketRow,
  { name }: Typed<'device-enrolment'>,
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
