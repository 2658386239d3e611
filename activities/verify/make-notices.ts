import { createHash, randomUUID } from 'node:crypto';
import type { NoticesMade } from '#activities/device-contract.ts';
import { Broken } from '#activities/closed-failures.ts';
import type { DeviceDemands } from '#domain/device.ts';
import { NOTICE_TAG, type NoticeText } from '#domain/device-statement.ts';
import { signDeviceStatement } from '#evidence/device-statement.ts';
import type { Json } from '#evidence/jcs.ts';
import { policyInForce } from '#prisma/policies.ts';
import type { Transaction } from '#db';
import type { VerifierDeps } from './deps.ts';
import { devicesHolding, type Holding } from './devices-holding.ts';
import { endsSessions } from './ends-sessions.ts';
import { leaveNotices, openNotices, type Made } from './leave-notices.ts';
import { databaseTime } from './once.ts';
import { identifiedIn } from './statements.ts';

/** A write that the directory is known to have made. */
const WRITTEN = ['applied', 'verified', 'unverified'];
type Written = { at: Date; account: NoticeText['account']; demands: DeviceDemands; endSessions: boolean };

/**
 * Once the new password is in the directory: one signed notice for each device that says it has the account's credential cached,
 * and a row for each device without an agent, which somebody has to see to by hand; each with its leaf. A repeated call adds what
 * is missing and nothing twice. Throws Broken for a reset of which no write is recorded: for that nothing is signed.
 */
export async function makeNotices(deps: VerifierDeps, { reset, account }: { reset: string; account: string }): Promise<NoticesMade> {
  const { db, keys } = deps;
  const written = await writtenFor(db, reset, account);
  const holding = await devicesHolding(db, keys, written.account.sid);
  const byHand = await devicesByHand(db, account, holding);
  const now = await databaseTime(db);
  const until = new Date(now.getTime() + written.demands.notices * 1000);
  const sealed = await sealedFor(deps, reset, written.demands, now);
  const toMake = [
    ...holding.map((device) => ({
      device,
      make: () => signedNotice(deps, { reset, device, written, now, until, sealed: sealed.get(device.id) }),
    })),
    ...byHand.map((device) => ({ device, make: () => notedByHand(reset, device, written.endSessions) })),
  ];
  const made = await leaveNotices(deps, { reset }, {}, toMake);
  const open = await openNotices(db, { reset });
  return { made, open: open.length, until: (open[0]?.expiresAt ?? until).toISOString() };
}

/** What is recorded of the write. The moment is the directory's own: it is what devices compare with. */
async function writtenFor(tx: Transaction, reset: string, account: string): Promise<Written> {
  const row = await tx.reset.findUnique({ where: { id: reset }, select: { accountGuid: true, accountSid: true, accountName: true } });
  const claim = await tx.writeClaim.findFirst({
    where: { resetId: reset, accountGuid: account, operation: 'new-password', state: { in: WRITTEN } },
    orderBy: { ordinal: 'desc' },
    select: { pwdLastSetAfter: true, settledAt: true, claimedAt: true },
  });
  if (!claim || row?.accountGuid !== account || !row.accountSid) throw new Broken('notices were asked for a reset that wrote nothing');
  const at = momentOf(claim.pwdLastSetAfter) ?? claim.settledAt ?? claim.claimedAt;
  const { policy } = await policyInForce(tx);
  return {
    at,
    account: { guid: account, sid: row.accountSid, name: row.accountName ?? '' },
    demands: policy.devices,
    endSessions: await endsSessions(tx, reset),
  };
}

type Sealed = { sha256: string; expiresAt: Date };

/**
 * The hashes that the writer sealed to devices for this reset, by device, while the policy in force still offers them. Nobody here can open one. None of an account
 * that was protected when this process named it: a writer of the others that was taken over gets no hash of its own onto a device in that account's name.
 */
async function sealedFor(
  deps: VerifierDeps,
  reset: string,
  { sealedHash }: DeviceDemands,
  now: Date,
): Promise<ReadonlyMap<string, Sealed>> {
  if (sealedHash === 'nobody' || (await identifiedIn(deps.db, deps, reset))?.protected !== false) return new Map();
  const rows = await deps.db.sealedHash.findMany({ where: { resetId: reset, expiresAt: { gt: now } } });
  return new Map(
    rows.map(({ deviceId, encapsulated, ciphertext, expiresAt }) => {
      const sha256 = createHash('sha256').update(encapsulated).update(ciphertext).digest('hex');
      return [deviceId, { sha256, expiresAt }];
    }),
  );
}

/** FILETIME (100 ns since 1601-01-01 UTC) as decimal text; 0 says that the password has to be changed, and not when it was. */
function momentOf(filetime: string | null): Date | undefined {
  if (!filetime || !/^[1-9]\d*$/.test(filetime)) return undefined;
  return new Date(Number(BigInt(filetime) / 10_000n - 11_644_473_600_000n));
}

function signedNotice(
  { keys }: VerifierDeps,
  of: { reset: string; device: Holding; written: Written; now: Date; until: Date; sealed: Sealed | undefined },
): Made {
  const { reset, device, written, now, until, sealed } = of;
  const id = randomUUID();
  const notice: NoticeText = {
    notice: id,
    device: device.id,
    account: written.account,
    reset,
    writtenAt: written.at.toISOString(),
    verb: sealed ? 'sealed-hash' : written.demands.verb,
    ...(sealed && {
      sealedHash: { sha256: sealed.sha256, expiresAt: sealed.expiresAt.toISOString(), otherwise: written.demands.verb },
    }),
    endSessions: written.endSessions,
    issuedAt: now.toISOString(),
    expiresAt: until.toISOString(),
  };
  const { text, signature } = signDeviceStatement(NOTICE_TAG, { ...notice }, keys.notice);
  const shown = { id, resetId: reset, deviceId: device.id, device: device.name, platform: device.platform, state: 'open', at: now };
  const signed = {
    statement: text,
    signature: new Uint8Array(signature),
    writtenAt: written.at,
    expiresAt: until,
    endSessions: written.endSessions,
  };
  const facts: Record<string, Json> = {
    notice: id,
    device: device.id,
    platform: device.platform,
    how: 'agent',
    verb: notice.verb,
    written: notice.writtenAt,
    expires: notice.expiresAt,
    report: device.report,
    ...(sealed && { sealedUntil: sealed.expiresAt.toISOString() }),
    ...(notice.endSessions && { endSessions: true }),
  };
  return { row: { ...shown, ...signed }, facts };
}

type ByHand = { id: string; name: string; platform: string };

/** Devices of the account without an agent. One that has enrolled since under the same host name is told by its agent. */
async function devicesByHand(tx: Transaction, account: string, holding: readonly Holding[]): Promise<ByHand[]> {
  const told = new Set(holding.flatMap(({ name }) => [name, name.split('.')[0]]));
  const where = { accountGuid: account, state: 'by-hand' };
  const rows = await tx.device.findMany({ where, orderBy: { name: 'asc' }, select: { id: true, name: true, platform: true } });
  return rows.filter(({ name }) => !told.has(name.toLowerCase()));
}

function notedByHand(reset: string, { id: deviceId, name, platform }: ByHand, endSessions: boolean): Made {
  return {
    row: { id: randomUUID(), resetId: reset, deviceId, device: name, platform, state: 'by-hand', endSessions },
    facts: { device: deviceId, platform, how: 'by-hand', ...(endSessions && { endSessions }) },
  };
}
