import { randomUUID } from 'node:crypto';
import type { NoticesMade } from '#activities/device-contract.ts';
import { TELL } from '#domain/device.ts';
import { NOTICE_TAG, type TellNoticeText } from '#domain/device-statement.ts';
import { isFactorChange, type FactorChange } from '#domain/message.ts';
import { signDeviceStatement } from '#evidence/device-statement.ts';
import { policyInForce } from '#prisma/policies.ts';
import type { VerifierDeps } from './deps.ts';
import { devicesHolding, type Holding } from './devices-holding.ts';
import { leaveNotices, openNotices, type Made } from './leave-notices.ts';
import { databaseTime } from './once.ts';
import { accountInLeaf } from './people.ts';

type Telling = { account: TellNoticeText['account']; change: FactorChange; changedAt: Date; now: Date; until: Date };

/**
 * Once somebody's factors changed: one signed notice for each device that says it has the account's credential cached, so that the person reads of it
 * where they sit. A repeated call adds what is missing and nothing twice. Devices without an agent are not told: there is nothing to see to
 * there. Throws DirectoryUnavailable.
 */
export async function tellDevices(deps: VerifierDeps, factors: string): Promise<NoticesMade> {
  const { db, keys } = deps;
  const row = await db.factorTelling.findUnique({ where: { id: factors } });
  const holder = row && isFactorChange(row.outcome) ? await deps.people.read(row.accountGuid) : undefined;
  const now = await databaseTime(db);
  const { policy } = await policyInForce(db);
  const until = new Date(now.getTime() + policy.devices.notices * 1000);
  let made = 0;
  // Who is gone sits at no device any more.
  if (row && holder && isFactorChange(row.outcome)) {
    const account = { guid: holder.guid, sid: holder.sid, name: holder.samAccountName };
    const telling: Telling = { account, change: row.outcome, changedAt: row.askedAt, now, until };
    const holding = await devicesHolding(db, keys, holder.sid);
    const toMake = holding.map((device) => ({ device, make: () => signed(deps, factors, device, telling) }));
    made = await leaveNotices(deps, { factors }, { account: accountInLeaf(holder) }, toMake);
  }
  const open = await openNotices(db, { factors });
  return { made, open: open.length, until: (open[0]?.expiresAt ?? until).toISOString() };
}

function signed({ keys }: VerifierDeps, factors: string, device: Holding, { account, change, changedAt, now, until }: Telling): Made {
  const id = randomUUID();
  const notice: TellNoticeText = {
    notice: id,
    device: device.id,
    account,
    verb: TELL,
    change,
    changedAt: changedAt.toISOString(),
    issuedAt: now.toISOString(),
    expiresAt: until.toISOString(),
  };
  const { text, signature } = signDeviceStatement(NOTICE_TAG, { ...notice }, keys.notice);
  const shown = {
    id,
    factorTellingId: factors,
    deviceId: device.id,
    device: device.name,
    platform: device.platform,
    state: 'open',
    at: now,
  };
  return {
    row: { ...shown, change, statement: text, signature: new Uint8Array(signature), expiresAt: until },
    facts: {
      notice: id,
      device: device.id,
      platform: device.platform,
      how: 'agent',
      verb: TELL,
      says: change,
      changed: notice.changedAt,
      expires: notice.expiresAt,
      report: device.report,
    },
  };
}
