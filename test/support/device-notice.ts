import { randomUUID } from 'node:crypto';
import type { DeviceLab } from './device-lab.ts';
import type { Notice } from './device-portal.ts';

/** A notice of a reset of this account at this moment, for a device; with other parts where they are given. */
export async function noticeOf(
  lab: DeviceLab,
  of: { device: string; account: string; writtenAt: Date },
  other: Partial<Notice> = {},
): Promise<Notice> {
  const { guid, sid } = await lab.bank.account(of.account);
  const now = Date.now();
  return {
    notice: randomUUID(),
    device: of.device,
    account: { guid, sid, name: of.account },
    reset: randomUUID(),
    writtenAt: of.writtenAt.toISOString(),
    verb: 'invalidate',
    endSessions: false,
    issuedAt: new Date(now).toISOString(),
    expiresAt: new Date(now + 7 * 86_400_000).toISOString(),
    ...other,
  };
}
