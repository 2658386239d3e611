import { changedAccounts, seenAccount, type ChangedAccounts, type SeenAccount } from '#activities/directory/changed-accounts.ts';
import type { Directory } from '#activities/directory/connect.ts';
import { readAccount } from '#activities/directory/find-account.ts';
import { protectedMembers } from '#activities/directory/protected-members.ts';
import { nameOfSid } from '#activities/directory/name-of-sid.ts';
import { sidsOf } from '#activities/directory/sids-of.ts';
import { takeEvents, type EventFile, type EventsTaken } from '#activities/events/take-events.ts';
import { raiseAlarm } from '#activities/raise-alarm.ts';
import { recordLeaf } from '#activities/record-leaf.ts';
import type { Database } from '#db';
import { VERIFIER } from '../verify/deps.ts';
import { databaseTime } from '../verify/once.ts';
import { compareMembers } from './members.ts';
import { missingWrites } from './our-writes.ts';
import { compareGivenRights, type RightsLooked, type Watched } from './given-rights.ts';
import { comparePasswords, type Comparing, type Counts } from './passwords.ts';
import { recordUnexplained } from './unexplained.ts';

/** A look that lasts longer counts as dead, and another one begins. */
const LEASE_MINUTES = 10;

export type Found = Counts & {
  changed: number;
  whole: boolean;
  wentBack: boolean;
  missing: number;
  newMembers: number;
  rights: RightsLooked;
  events: EventsTaken;
};

export interface Reconciling {
  db: Database;
  directory: Directory;
  watched: Watched;
  /** Files of the controllers' events, where they are collected. */
  events: readonly EventFile[];
}

/**
 * Compares the directory with what was recorded: every change of a password has to be a write of ours, every write of ours has to be there, nobody is new in a
 * protected group, and nobody may do more to what matters than before. What does not fit is recorded and an alarm. Undefined when another verifier is at it. When we crash on the way, the next look begins where this one began, and what was
 * noted is not raised twice. Throws DirectoryUnavailable.
 */
export async function compareDirectory(deps: Reconciling): Promise<Found | undefined> {
  const { db } = deps;
  const lease = await db.$executeRaw`
    UPDATE reconciliation SET lease_until = clock_timestamp() + make_interval(mins => ${LEASE_MINUTES}::int) WHERE lease_until < clock_timestamp()`;
  if (lease === 0) return undefined;
  try {
    return await compare(deps);
  } finally {
    await db.reconciliation.updateMany({ where: { id: 1 }, data: { leaseUntil: new Date(0) } });
  }
}

async function compare({ db, directory, watched, events: files }: Reconciling): Promise<Found> {
  // Before the accounts are read, so that what they show has had its events.
  const events = await takeEvents(db, directory, files);
  const writers = await sidsOf(directory, watched.writers);
  const began = await databaseTime(db);
  const usnOf = async (invocationId: string) => (await db.seenController.findUnique({ where: { invocationId } }))?.usn;
  const read = await changedAccounts(directory, usnOf);
  const { database, isWhole } = read;
  const wentBack = await alarmOfGoneBack(db, read);
  const look = async (guid: string) => {
    const account = await readAccount(directory, guid);
    return account && { name: account.displayName, isProtected: account.protectedBy !== undefined };
  };
  const of: Comparing = {
    db,
    database,
    wentBack,
    began,
    look,
    knowing: { collected: files.length > 0, writers, nameOf: (sid) => nameOfSid(directory, sid) },
  };
  const accounts = [...read.accounts, ...(isWhole ? [] : await toLookAgain(db, directory, read))];
  const counts = await comparePasswords(of, accounts);
  const missing = await alarmOfMissing(db);
  const members = await protectedMembers(directory);
  const newMembers = await compareMembers(db, members);
  const rights = await compareGivenRights({ db, directory, watched, writers }, [...new Set(members.map(({ account }) => account))]);
  const changed = counts.ours + counts.around + counts.byOwner;
  const found = { ...counts, changed, whole: isWhole, wentBack, missing, newMembers, rights, events };
  await finish(db, read, found);
  return found;
}

/** Whether the controller counts less than it did, which only a database does that was put back in the wrong way. */
async function alarmOfGoneBack(db: Database, { database, since }: ChangedAccounts): Promise<boolean> {
  if (since === undefined || since <= database.usn) return false;
  await db.$transaction((tx) =>
    recordUnexplained(tx, {
      alarm: 'directory-rolled-back',
      subject: `${database.invocationId} ${since}`,
      do: { controller: database.host, invocation: database.invocationId, counted: String(since), counts: String(database.usn) },
    }),
  );
  return true;
}

/** Accounts of which a controller showed an older password, or that were being written: looked at until it is known what that was. */
async function toLookAgain(db: Database, directory: Directory, { accounts }: ChangedAccounts): Promise<SeenAccount[]> {
  const read = new Set(accounts.map(({ guid }) => guid));
  const where = { OR: [{ again: true }, { olderSince: { not: null } }] };
  const rows = (await db.seenPassword.findMany({ where, select: { accountGuid: true } })).filter(
    ({ accountGuid }) => !read.has(accountGuid),
  );
  const again: SeenAccount[] = [];
  for (const { accountGuid } of rows) {
    const account = await seenAccount(directory, accountGuid);
    if (account) again.push(account);
  }
  return again;
}

/** The alarm itself is the evidence, once for each write; the directory says nothing of it. Answers how many are new. */
async function alarmOfMissing(db: Database): Promise<number> {
  let raised = 0;
  for (const { account, reset, after } of await missingWrites(db)) {
    const facts = { account, pwd_last_set: after };
    const alarm = { kind: 'write-missing', subject: `${account} ${after ?? reset}`, reset, do: facts } as const;
    if (await db.$transaction((tx) => raiseAlarm(tx, alarm, VERIFIER))) raised += 1;
  }
  return raised;
}

/** Notes how far was read. The log hears of each look that found a change, and once an hour that it is done at all. */
async function finish(db: Database, { database, isWhole }: ChangedAccounts, found: Found): Promise<void> {
  const { invocationId, host, usn } = database;
  // Whoever could not be noted would not come again before the next change.
  if (found.unknown > 0) return;
  await db.$transaction(async (tx) => {
    const row = { host, usn, at: new Date() };
    const seen = await tx.seenController.upsert({ where: { invocationId }, create: { invocationId, ...row }, update: row });
    const told = seen.recordedAt !== null && Date.now() - seen.recordedAt.getTime() < 3_600_000;
    const { objects, hidden, grew, lost } = found.rights;
    if (told && found.changed + found.missing + found.newMembers + grew + lost === 0 && !isWhole) return;
    await tx.seenController.update({ where: { invocationId }, data: { recordedAt: new Date() } });
    const { changed, ours, around, byOwner, missing, newMembers, wentBack, events } = found;
    const facts = {
      controller: host,
      invocation: invocationId,
      usn: String(usn),
      whole: isWhole,
      went_back: wentBack,
      changed,
      ours,
      around,
      by_owner: byOwner,
    };
    const actor = { type: 'service', name: VERIFIER } as const;
    await recordLeaf(
      tx,
      {
        type: 'directory.reconciled',
        outcome: 'success',
        actor,
        do: { ...facts, missing, new_members: newMembers, rights: { objects, hidden, grew, lost }, events },
      },
      VERIFIER,
    );
  });
}
