import { createHash } from 'node:crypto';
import { DEVICE_ROW } from '#prisma/device-rows.ts';
import { readReport } from '#prisma/device-text.ts';
import type { Transaction } from '#db';
import { devicesNow } from './device-rows.ts';
import type { VerifierKeys } from './keys.ts';

/** A device that says, and signed, that it has the account's credential cached. */
export interface Holding {
  id: string;
  name: string;
  platform: string;
  /** SHA-256 of the report that says so. */
  report: string;
}

/**
 * The active devices whose newest report names the account. The table of accounts only finds them: what counts is the row that the
 * verifier signed, and the report that the device signed.
 */
export async function devicesHolding(tx: Transaction, keys: VerifierKeys, sid: string): Promise<Holding[]> {
  const rows = await tx.device.findMany({
    where: { state: 'active', accounts: { some: { sid } } },
    orderBy: { name: 'asc' },
    select: { ...DEVICE_ROW, report: true, reportSignature: true },
  });
  const holding: Holding[] = [];
  for (const { row, device } of await devicesNow(tx, keys, rows)) {
    const { report, reportSignature } = row;
    if (device.state !== 'active' || report === null || !reportSignature) continue;
    const said = readReport({ statement: report, signature: reportSignature }, device.key);
    if (said?.device !== device.id || !said.accounts.some((account) => account.sid === sid)) continue;
    const { id, name, platform } = device;
    holding.push({ id, name, platform, report: createHash('sha256').update(report).digest('hex') });
  }
  return holding;
}
