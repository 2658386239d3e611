import type { NoticesOf } from '#activities/device-contract.ts';
import { recordLeaf, recordLeaves } from '#activities/record-leaf.ts';
import { OPEN_STATES } from '#domain/device.ts';
import type { Json } from '#evidence/jcs.ts';
import type { Account } from '#prisma/leaves.ts';
import type { Prisma, Transaction } from '#db';
import { VERIFIER, type VerifierDeps } from './deps.ts';
import { tellOfDevice, tellOfDevices } from './device-rows.ts';
import { databaseTime } from './once.ts';

const ACTOR = { type: 'service', name: VERIFIER } as const;

/** So many notices are one transaction: an account of a counter may be cached on hundreds of devices, and the first ones need not wait for the last. */
const AT_ONCE = 20;

/** A row of the table of notices, and what its leaf says. */
export type Made = { row: Prisma.NoticeCreateManyInput; facts: Record<string, Json> };
/** How the notice for one device is made, once it is known that there is none. */
export type ToMake = { device: { id: string }; make: () => Made };
/** For a change of factors: whose they are, for the leaves. A reset's leaves know its account. */
type Whose = { account?: Account };

/** Leaves each device its notice with a leaf, unless it has one. Answers how many were made. If we crash on the way, the next call makes the others. */
export async function leaveNotices({ db }: VerifierDeps, of: NoticesOf, whose: Whose, all: readonly ToMake[]): Promise<number> {
  let made = 0;
  for (let from = 0; from < all.length; from += AT_ONCE) {
    made += await db.$transaction(
      async (tx) => {
        await lockNotices(tx, of);
        const these = all.slice(from, from + AT_ONCE);
        const ids = these.map(({ device }) => device.id);
        const rows = await tx.notice.findMany({ where: { ...whichOf(of), deviceId: { in: ids } }, select: { deviceId: true } });
        const known = new Set(rows.map(({ deviceId }) => deviceId));
        const missing = these.filter(({ device }) => !known.has(device.id));
        const notices = missing.map(({ make }) => make());
        await tx.notice.createMany({ data: notices.map(({ row }) => row) });
        const leaves = notices.map(({ facts }) => ({ type: 'notice.created', outcome: 'success', actor: ACTOR, do: facts }) as const);
        if ('reset' in of) await recordLeaves(tx, of.reset, leaves, VERIFIER);
        else for (const leaf of leaves) await recordLeaf(tx, { ...leaf, ...whose }, VERIFIER);
        await tellOfDevices(
          tx,
          missing.map(({ device }) => device.id),
        );
        return missing.length;
      },
      { maxWait: 10_000, timeout: 30_000 },
    );
  }
  return made;
}

/** Ends every notice of a reset or of a change of factors that is still open, each with its leaf. */
export async function expireNotices(deps: VerifierDeps, of: NoticesOf): Promise<{ expired: number }> {
  return deps.db.$transaction(async (tx) => {
    await lockNotices(tx, of);
    const open = await openNotices(tx, of);
    for (const { id, deviceId, state, factorTelling } of open) {
      await tx.notice.updateMany({ where: { id }, data: { state: 'expired', changedAt: await databaseTime(tx) } });
      const facts = { notice: id, device: deviceId, stage: state };
      const about = aboutNotice(of, factorTelling);
      await recordLeaf(tx, { type: 'notice.expired', outcome: 'expired', ...about, actor: ACTOR, do: facts }, VERIFIER);
      await tellOfDevice(tx, deviceId);
    }
    if ('reset' in of) await tx.sealedHash.deleteMany({ where: { resetId: of.reset } });
    return { expired: open.length };
  });
}

/** Held until the transaction ends: one step at a time changes the notices of a reset, or of a change. */
export async function lockNotices(tx: Transaction, of: NoticesOf): Promise<void> {
  const id = 'reset' in of ? of.reset : of.factors;
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`notices\n${id}`}, 0))`;
}

/** What is not at its end, what lasts longest first. */
export async function openNotices(tx: Transaction, of: NoticesOf) {
  return tx.notice.findMany({
    where: { ...whichOf(of), state: { in: [...OPEN_STATES] } },
    orderBy: { expiresAt: 'desc' },
    select: { id: true, deviceId: true, state: true, expiresAt: true, factorTelling: { select: { accountGuid: true } } },
  });
}

/** Which rows of the table these are. */
export function whichOf(of: NoticesOf): { resetId: string } | { factorTellingId: string } {
  return 'reset' in of ? { resetId: of.reset } : { factorTellingId: of.factors };
}

/** What a leaf about a notice is about: the reset, or the account whose factors changed. */
export function aboutNotice(of: NoticesOf, telling: { accountGuid: string } | null): { reset: string } | Whose {
  if ('reset' in of) return { reset: of.reset };
  return telling ? { account: { guid: telling.accountGuid, sid: null } } : {};
}
