import { createHmac } from 'node:crypto';
import { deviceRevoked } from '#domain/device.ts';
import { normaliseCode } from '#domain/codes.ts';
import { TICKET_SYMBOLS } from '#domain/device.ts';
import type { Json } from '#evidence/jcs.ts';
import { DEVICE_ROW, deviceBody, signedDevice, type DeviceRow, type SignedDevice } from '#prisma/device-rows.ts';
import type { Transaction } from '#db';
import type { VerifierKeys } from './keys.ts';
import { isBurned } from './once.ts';
import { isOurRow, signRow } from './row-signature.ts';

export interface TicketRow {
  id: string;
  hash: string;
  name: string;
  issuer: string;
  expiresAt: Date;
}

/** What the verifier signs of a ticket. */
export function ticketBody(row: TicketRow): Json {
  return {
    v: 1,
    kind: 'row/device-ticket',
    id: row.id,
    hash: row.hash,
    name: row.name,
    issuer: row.issuer,
    expires: row.expiresAt.toISOString(),
  };
}

/** By which a ticket is found, or undefined when this can be none. It has 80 random bits and lives for a day: a keyed hash is enough, and cheap for 64 at once. */
export function ticketHash({ pepper }: Pick<VerifierKeys, 'pepper'>, typed: string): string | undefined {
  const code = normaliseCode(typed, TICKET_SYMBOLS);
  return code && createHmac('sha256', pepper).update(`device-ticket\n${code}`).digest('hex');
}

/** The ticket that was shown, if it is one that the verifier made. */
export async function ticketOf(tx: Transaction, keys: VerifierKeys, typed: string): Promise<TicketRow | undefined> {
  const hash = ticketHash(keys, typed);
  const row = hash && (await tx.deviceTicket.findUnique({ where: { hash } }));
  return row && isOurRow(keys, ticketBody(row), row.signature) ? row : undefined;
}

/** A device as the verifier made it. What was revoked once stays so, whatever its row was set back to. */
export async function deviceNow(tx: Transaction, keys: VerifierKeys, row: DeviceRow | null): Promise<SignedDevice | undefined> {
  const device = row ? signedDevice(row, keys.checking) : undefined;
  if (!device) return undefined;
  return (await isBurned(tx, deviceRevoked(device.id))) ? { ...device, state: 'revoked' } : device;
}

/** The same for many devices by one question; those that are none are left out. */
export async function devicesNow<R extends DeviceRow>(
  tx: Transaction,
  keys: VerifierKeys,
  rows: readonly R[],
): Promise<{ row: R; device: SignedDevice }[]> {
  const burned = await tx.burn.findMany({
    where: { consumed: { in: rows.map(({ id }) => deviceRevoked(id)) } },
    select: { consumed: true },
  });
  const revoked = new Set(burned.map(({ consumed }) => consumed));
  return rows.flatMap((row) => {
    const device = signedDevice(row, keys.checking);
    if (!device) return [];
    return [{ row, device: revoked.has(deviceRevoked(device.id)) ? { ...device, state: 'revoked' as const } : device }];
  });
}

/** The device of this id as the verifier made it. */
export async function deviceById(tx: Transaction, keys: VerifierKeys, id: string): Promise<SignedDevice | undefined> {
  return deviceNow(tx, keys, await tx.device.findUnique({ where: { id }, select: DEVICE_ROW }));
}

/** Held until the transaction ends: whoever changes a device of this name waits. */
export async function lockDevice(tx: Transaction, name: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`device\n${name}`}, 0))`;
}

/** Tells whoever holds connections of the device that its row or its notices have changed. */
export async function tellOfDevice(tx: Transaction, id: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_notify('countersign', ${`devices:${id}`})`;
}

/** The same of many devices. */
export async function tellOfDevices(tx: Transaction, ids: readonly string[]): Promise<void> {
  await tx.$executeRaw`SELECT pg_notify('countersign', 'devices:' || id) FROM unnest(${[...ids]}::text[]) AS told (id)`;
}

type Change =
  | { state: 'active'; approvedBy: string; approvedByName: string; approvedAt: Date }
  | { state: 'revoked'; revokedByName: string; revokedAt: Date };

/** Changes a device's row and signs it anew. Returns what is to be burned with it. */
export async function changeDevice(tx: Transaction, keys: VerifierKeys, id: string, change: Change): Promise<string[]> {
  const row = await tx.device.findUniqueOrThrow({ where: { id }, select: DEVICE_ROW });
  const signature = signRow(keys, deviceBody({ ...row, ...change }));
  await tx.device.updateMany({ where: { id }, data: { ...change, signature } });
  await tellOfDevice(tx, id);
  return change.state === 'revoked' ? [deviceRevoked(id)] : [];
}
