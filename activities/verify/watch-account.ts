import { z } from 'zod';
import { raiseAlarm } from '#activities/raise-alarm.ts';
import { recordLeaf } from '#activities/record-leaf.ts';
import type { WatchAsked, WatchLooked } from '#activities/watch-contract.ts';
import type { Database, Transaction } from '#db';
import type { TellingMoment } from '#domain/message.ts';
import { isHeldFrom, isLockedAgain, seenThere, triesInAll, type Counted, type SeenThere } from '#domain/wrong-tries.ts';
import { VERIFIER, type VerifierDeps } from './deps.ts';
import { whenceOf, type Whence } from './whence.ts';

const counted = z.strictObject({ count: z.int(), last: z.string(), lockedAt: z.string(), locked: z.boolean() });
const seenShape = z.record(z.string(), z.strictObject({ before: counted, now: counted, tries: z.int() }));
type Seen = z.infer<typeof seenShape>;

const NOTHING: WatchLooked = { over: true, found: [], held: null };

/**
 * Looks once at what every controller counts of wrong passwords for an account that was let in again. What is new is recorded, told to the person, and
 * when it is locked again officers are called: in the transaction that notes it as seen, so that each happens once, however often this is called.
 */
export async function lookAtTries(deps: VerifierDeps, { reset }: WatchAsked): Promise<WatchLooked> {
  const watched = await watchedNow(deps.db, reset);
  if (!watched) return NOTHING;
  const now = await deps.tries.look(watched.account);
  const isTried = triesInAll(Object.values(merged(watched.seen, now))) > 0;
  const whence = isTried ? await whenceOf(deps, watched.account, watched.letIn) : [];
  const looked = await deps.db.$transaction((tx) => note(tx, { reset, name: watched.name, now, whence }));
  const isHeld = Object.values(now).some((one) => one !== undefined && isHeldFrom(one, watched.letIn));
  return { ...looked, held: isHeld && !looked.over ? (watched.isProtected ? 'privileged' : 'staff') : null };
}

/** Ends a watch with the leaf that says what it saw; a second call changes nothing. */
export async function endWatch({ db }: Pick<VerifierDeps, 'db'>, { reset }: WatchAsked): Promise<void> {
  await db.$transaction(async (tx) => {
    const row = await locked(tx, reset);
    if (!row) return;
    await tx.accountWatch.updateMany({ where: { resetId: reset }, data: { endedAt: new Date() } });
    const seen = Object.values(row.seen);
    const outcome = row.triedAt || row.lockedAt ? 'failure' : seen.length > 0 ? 'success' : 'unknown';
    await record(tx, reset, 'account.relock-watched', outcome, { ...facts(row.seen), lockedAgain: row.lockedAt !== null });
  });
}

interface Watched {
  account: string;
  name: string | null;
  isProtected: boolean;
  /** When the write was claimed that let the account in. */
  letIn: Date;
  seen: Seen;
}

/** Undefined when there is nothing to watch: the writers claim no change, the watch has ended, or the same account was let in once more since. */
async function watchedNow(db: Database, reset: string): Promise<Watched | undefined> {
  const row = await db.accountWatch.findUnique({
    where: { resetId: reset },
    include: { reset: { select: { accountGuid: true, accountName: true, protectedBy: true } } },
  });
  const account = row?.reset.accountGuid;
  if (!row || row.endedAt || !account) return undefined;
  const made = await db.writeClaim.findFirst({
    where: { resetId: reset, accountGuid: account, state: { in: ['applied', 'verified'] } },
    select: { claimedAt: true },
    orderBy: { ordinal: 'desc' },
  });
  const newer = await db.accountWatch.count({ where: { askedAt: { gt: row.askedAt }, reset: { accountGuid: account } } });
  if (!made || newer > 0) return undefined;
  const { accountName: name, protectedBy } = row.reset;
  return { account, name, isProtected: protectedBy !== null, letIn: made.claimedAt, seen: seenShape.parse(row.seen) };
}

interface Look {
  reset: string;
  name: string | null;
  now: Record<string, Counted | undefined>;
  whence: Whence[];
}

async function note(tx: Transaction, { reset, name, now, whence }: Look): Promise<Pick<WatchLooked, 'over' | 'found'>> {
  const row = await locked(tx, reset);
  if (!row) return NOTHING;
  const seen = merged(row.seen, now);
  const all = Object.values(seen);
  const isNew = {
    'still-tried': row.triedAt === null && triesInAll(all) > 0,
    'locked-again': row.lockedAt === null && all.some((one) => isLockedAgain(one, all)),
  };
  const at = new Date();
  await tx.accountWatch.updateMany({
    where: { resetId: reset },
    data: {
      lookedAt: at,
      seen: { ...seen },
      ...(whence.length > 0 ? { whence: whence.map((one) => ({ ...one })) } : {}),
      ...(isNew['still-tried'] ? { triedAt: at } : {}),
      ...(isNew['locked-again'] ? { lockedAt: at } : {}),
    },
  });
  const known = {
    workstations: whence.filter(({ kind }) => kind === 'workstation').length,
    devices: whence.filter(({ kind }) => kind === 'device').length,
    services: whence.filter(({ kind }) => kind === 'service').length,
  };
  if (isNew['still-tried']) await record(tx, reset, 'account.still-tried', 'failure', { ...facts(seen), ...known });
  if (isNew['locked-again']) {
    await record(tx, reset, 'account.locked-again', 'failure', facts(seen));
    await raiseAlarm(tx, { kind: 'locked-again', subject: reset, reset, ...(name === null ? {} : { account: name }) }, VERIFIER);
  }
  // One message for one look: that it is locked says the other thing too.
  if (isNew['locked-again']) await askTelling(tx, reset, 'locked-again');
  else if (isNew['still-tried']) await askTelling(tx, reset, 'still-tried');
  if (triesInAll(all) > triesInAll(Object.values(row.seen))) await tx.$executeRaw`SELECT pg_notify('countersign', ${`resets:${reset}`})`;
  return { over: false, found: (['still-tried', 'locked-again'] as const).filter((what) => isNew[what]) };
}

function merged(before: Seen, now: Record<string, Counted | undefined>): Seen {
  const looked = Object.entries(now).flatMap(([url, one]): [string, SeenThere][] => (one ? [[url, seenThere(before[url], one)]] : []));
  return { ...before, ...Object.fromEntries(looked) };
}

/** The row of a watch that goes on, held until the transaction ends: two looks come one after the other. */
async function locked(tx: Transaction, reset: string): Promise<{ seen: Seen; triedAt: Date | null; lockedAt: Date | null } | undefined> {
  const [held] = await tx.$queryRaw<object[]>`SELECT 1 FROM account_watch WHERE reset_id = ${reset}::uuid AND ended_at IS NULL FOR UPDATE`;
  const row = held && (await tx.accountWatch.findUnique({ where: { resetId: reset } }));
  return row ? { seen: seenShape.parse(row.seen), triedAt: row.triedAt, lockedAt: row.lockedAt } : undefined;
}

function facts(seen: Seen) {
  const controllers = Object.entries(seen).map(([controller, { tries }]) => ({ controller, tries }));
  return { tries: triesInAll(Object.values(seen)), controllers };
}

async function record(
  tx: Transaction,
  reset: string,
  type: 'account.still-tried' | 'account.locked-again' | 'account.relock-watched',
  outcome: 'success' | 'failure' | 'unknown',
  what: Parameters<typeof recordLeaf>[1]['do'],
): Promise<void> {
  await recordLeaf(tx, { type, outcome, reset, actor: { type: 'service', name: VERIFIER }, ...(what ? { do: what } : {}) }, VERIFIER);
}

async function askTelling(tx: Transaction, reset: string, moment: TellingMoment): Promise<void> {
  await tx.telling.createMany({ data: [{ resetId: reset, moment }], skipDuplicates: true });
  await tx.$executeRaw`SELECT pg_notify('countersign', ${`tellings:${reset}`})`;
}
