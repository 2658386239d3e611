import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { DEVICE_STATES, NOTICE_STATES, OPEN_STATES } from '#domain/device.ts';
import { FACTOR_CHANGES, isFactorChange } from '#domain/message.ts';
import { canonicalOrNothing } from '#evidence/jcs.ts';
import type { Database } from '#db';
import { DEVICE_ROW, signedDevice, type DeviceRow } from '#prisma/device-rows.ts';
import { readReport } from '#prisma/device-text.ts';
import { moment } from './shapes.ts';

/** Devices as the console shows them. `unsigned`: a row that the verifier did not make, which counts for nothing. */
export const noticeState = z.enum(NOTICE_STATES);
export const deviceState = z.enum([...DEVICE_STATES, 'unsigned']);

export const deviceSummary = z.object({
  id: z.string(),
  name: z.string(),
  platform: z.string(),
  state: deviceState,
  /** Whose it is; null for one with an agent, which reports whose credentials it has cached. */
  account: z.string().nullable(),
  /** Whose credentials it has cached. */
  cached: z.array(z.string()),
  agent: z.string().nullable(),
  lastSeen: moment.nullable(),
  openNotices: z.int(),
});

export const deviceShown = deviceSummary.extend({
  addedAt: moment,
  /** SHA-256 of its key, as the agent shows it too. */
  key: z.string().nullable(),
  enrolledBy: z.string().nullable(),
  /** objectGUID of the computer’s account by which it was enrolled, where that was the way. */
  computer: z.string().nullable(),
  /** Whether the asker made its ticket, and so may not approve it. */
  enrolledByMe: z.boolean(),
  approvedBy: z.string().nullable(),
  approvedAt: moment.nullable(),
  /** Empty when a device that enrolled anew under its name took its place. */
  revokedBy: z.string().nullable(),
  revokedAt: moment.nullable(),
  reportedAt: moment.nullable(),
  sssd: z
    .object({
      version: z.string().nullable(),
      layout: z.enum(['known', 'unknown']),
      cachedAuthTimeout: z.int().nullable(),
      storesPasswordIfOffline: z.boolean().nullable(),
    })
    .nullable(),
  accounts: z.array(z.object({ sid: z.string(), name: z.string(), cachedAt: moment.nullable(), lastOnlineAuth: moment.nullable() })),
  notices: z.array(
    z.object({
      id: z.string(),
      /** Null for one of a change of factors. */
      reset: z.string().nullable(),
      /** What changed of somebody's factors, and whose; null for one of a reset. */
      change: z.enum(FACTOR_CHANGES).nullable(),
      account: z.string().nullable(),
      state: noticeState,
      at: moment,
      changedAt: moment.nullable(),
      lastOnlineAuth: moment.nullable(),
      reason: z.string().nullable(),
    }),
  ),
});

/** Shown once. */
export const deviceTicket = z.object({ id: z.string(), name: z.string(), ticket: z.string(), expiresAt: moment });

const SUMMARY = {
  ...DEVICE_ROW,
  accountName: true,
  agentVersion: true,
  lastSeenAt: true,
  accounts: { select: { name: true }, orderBy: { name: 'asc' } },
} as const;

/** Devices that fit, with how many of their notices are open. */
export async function deviceSummaries(
  db: Database,
  verifier: KeyObject,
  where: object,
  take: number,
): Promise<z.infer<typeof deviceSummary>[]> {
  const rows = await db.device.findMany({ where, orderBy: [{ name: 'asc' }, { id: 'asc' }], take, select: SUMMARY });
  const open = await db.notice.groupBy({
    by: ['deviceId'],
    where: { deviceId: { in: rows.map(({ id }) => id) }, state: { in: [...OPEN_STATES] } },
    _count: true,
  });
  const counts = new Map(open.map(({ deviceId, _count }) => [deviceId, _count]));
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    platform: row.platform,
    state: stateOf(row, verifier),
    account: row.accountName,
    cached: row.accounts.map(({ name }) => name),
    agent: row.agentVersion,
    lastSeen: row.lastSeenAt?.toISOString() ?? null,
    openNotices: counts.get(row.id) ?? 0,
  }));
}

function stateOf(row: DeviceRow, verifier: KeyObject): z.infer<typeof deviceState> {
  if (row.keyHash === null) return row.state === 'by-hand' ? 'by-hand' : 'unsigned';
  return signedDevice(row, verifier)?.state ?? 'unsigned';
}

/** So many of its notices are shown, the newest first. */
const MOST_NOTICES = 100;

/** One device with everything that is known of it, or undefined. */
export async function deviceById(
  db: Database,
  verifier: KeyObject,
  id: string,
  asker: string,
): Promise<z.infer<typeof deviceShown> | undefined> {
  const [summary] = await deviceSummaries(db, verifier, { id }, 1);
  const row = await db.device.findUnique({ where: { id }, include: { accounts: { orderBy: { name: 'asc' } } } });
  if (!summary || !row) return undefined;
  const notices = await db.notice.findMany({ where: { deviceId: id }, orderBy: [{ at: 'desc' }, { id: 'desc' }], take: MOST_NOTICES });
  const device = signedDevice(row, verifier);
  const said = { statement: row.report ?? '', signature: row.reportSignature ?? new Uint8Array() };
  const report = device && row.report !== null ? readReport(said, device.key) : undefined;
  return {
    ...summary,
    addedAt: row.addedAt.toISOString(),
    key: row.keyHash,
    enrolledBy: row.enrolledByName,
    computer: row.computerGuid,
    enrolledByMe: row.enrolledBy === asker,
    approvedBy: row.approvedByName,
    approvedAt: row.approvedAt?.toISOString() ?? null,
    revokedBy: row.revokedByName,
    revokedAt: row.revokedAt?.toISOString() ?? null,
    reportedAt: row.reportedAt?.toISOString() ?? null,
    sssd: report?.sssd ?? null,
    accounts: row.accounts.map(({ sid, name, cachedAt, lastOnlineAuth }) => ({
      sid,
      name,
      cachedAt: cachedAt?.toISOString() ?? null,
      lastOnlineAuth: lastOnlineAuth?.toISOString() ?? null,
    })),
    notices: notices.map(({ id: notice, resetId, change, statement, state, at, changedAt, lastOnlineAuth, reason }) => ({
      id: notice,
      reset: resetId,
      change: change !== null && isFactorChange(change) ? change : null,
      account: change === null ? null : accountIn(statement),
      state: noticeState.parse(state),
      at: at.toISOString(),
      changedAt: changedAt?.toISOString() ?? null,
      lastOnlineAuth: lastOnlineAuth?.toISOString() ?? null,
      reason,
    })),
  };
}

/** For showing only: what counts of a notice is the verifier's signature, which the device checks. */
function accountIn(statement: string | null): string | null {
  const said = z.object({ account: z.object({ name: z.string() }) }).safeParse(canonicalOrNothing(statement ?? ''));
  return said.success ? said.data.account.name : null;
}
