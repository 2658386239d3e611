import type { ControllerDatabase, SeenAccount } from '#activities/directory/changed-accounts.ts';
import { comparePassword, GRACE_SECONDS, type OurWrites, type SeenPassword } from '#domain/reconciliation.ts';
import type { Database, Transaction } from '#db';
import { ourWrites } from './our-writes.ts';
import { recordUnexplained } from './unexplained.ts';
import {
  EVENT_WAIT_SECONDS,
  eventInWords,
  recordOther,
  recordOwner,
  useEvents,
  whoChanged,
  type Knowing,
  type Told,
} from './who-changed.ts';

const AT_ONCE = 200;
const NONE: OurWrites = { made: [], underWay: false };

export interface Comparing {
  db: Database;
  database: ControllerDatabase;
  /** Its count went back since the last look: what is older there is so for good. */
  wentBack: boolean;
  /** When the directory began to be read, by the database's clock. */
  began: Date;
  /** Whose it is, and whether the directory protects it; undefined when the account is gone. */
  look: (guid: string) => Promise<{ name: string; isProtected: boolean } | undefined>;
  knowing: Knowing;
}

/** How many accounts were found so; `byOwner`: by the controllers' events each change was made by the account itself. `unknown`: seen for the first time while a write was on its way, so that nothing could be noted. */
export type Counts = Record<'ours' | 'around' | 'byOwner' | 'unknown', number>;

/** Compares the passwords of these accounts with what was seen before and what the writers claim, and notes them as seen. What is not settled yet is left for the next look. */
export async function comparePasswords(of: Comparing, accounts: readonly SeenAccount[]): Promise<Counts> {
  const counts = { ours: 0, around: 0, byOwner: 0, unknown: 0 };
  for (let from = 0; from < accounts.length; from += AT_ONCE) {
    const some = accounts.slice(from, from + AT_ONCE);
    const guids = some.map(({ guid }) => guid);
    const seen = new Map(
      (await of.db.seenPassword.findMany({ where: { accountGuid: { in: guids } } })).map((row) => [row.accountGuid, row]),
    );
    const writes = await ourWrites(of.db, guids, of.began);
    for (const account of some) {
      const found = await compareOne(of, account, seen.get(account.guid), writes.get(account.guid) ?? NONE);
      if (found !== undefined) counts[found] += 1;
    }
  }
  return counts;
}

type Row = SeenPassword & { olderSince: Date | null; again: boolean; unexplainedSince: Date | null };

async function compareOne(of: Comparing, account: SeenAccount, seen: Row | undefined, ours: OurWrites): Promise<keyof Counts | undefined> {
  const compared = comparePassword(seen, account, ours);
  if (compared.found === 'unsettled') return lookAgain(of, account);
  if (compared.found === 'same' && seen?.olderSince === null && !seen.again) return undefined;
  if (compared.found === 'older') return (await olderThanSeen(of, account, seen, ours)) ? 'around' : undefined;
  if (compared.found === 'around') return changedAround(of, account, seen, compared, ours);
  await of.db.$transaction((tx) => note(tx, account, 'writes' in compared ? compared.writes : (seen?.writes ?? ours.made.length)));
  return compared.found === 'ours' ? 'ours' : undefined;
}

async function lookAgain({ db }: Comparing, { guid }: SeenAccount): Promise<'unknown' | undefined> {
  const { count } = await db.seenPassword.updateMany({ where: { accountGuid: guid }, data: { again: true } });
  return count === 0 ? 'unknown' : undefined;
}

async function note(tx: Transaction, account: SeenAccount, writes: number): Promise<void> {
  const { guid, pwdLastSet, version } = account;
  const row = { pwdLastSet, version, writes, olderSince: null, again: false, unexplainedSince: null, at: new Date() };
  await tx.seenPassword.upsert({ where: { accountGuid: guid }, create: { accountGuid: guid, ...row }, update: row });
  await useEvents(tx, account);
}

/**
 * Of a protected account an alarm each. Of all others one for each that somebody else set, by the controllers' events, and none for what its owner changed; of what no event explains one an hour, since people change
 * their own at their computers. Where events are collected, that waits for one until the next look.
 */
async function changedAround(
  of: Comparing,
  account: SeenAccount,
  seen: Row | undefined,
  { around, writes }: { around: number; writes: number },
  ours: OurWrites,
): Promise<keyof Counts | undefined> {
  const whose = await of.look(account.guid);
  const matched = Math.max(ours.made.length - (seen?.writes ?? 0), 0);
  const told = await whoChanged(of.db, of.knowing, account, { around, matched, before: seen?.pwdLastSet });
  const isProtected = whose?.isProtected === true;
  if (!isProtected && told.unexplained > 0 && of.knowing.collected && (await waitsForEvent(of, account))) return undefined;
  await of.db.$transaction(async (tx) => {
    if (isProtected) await protectedChanged(tx, of, account, seen, { around, told, name: whose.name });
    else await otherChanged(tx, of, account, seen, { told, name: whose?.name });
    await note(tx, account, writes);
  });
  return isProtected || told.unexplained + told.byOthers.length > 0 ? 'around' : 'byOwner';
}

/** Notes since when it waits, and answers whether it may for longer. */
async function waitsForEvent({ db }: Comparing, { guid }: SeenAccount): Promise<boolean> {
  const rows = await db.$queryRaw<{ waits: boolean }[]>`
    UPDATE seen_password SET again = true, unexplained_since = coalesce(unexplained_since, clock_timestamp()) WHERE account_guid = ${guid}::uuid
    RETURNING unexplained_since > clock_timestamp() - make_interval(secs => ${EVENT_WAIT_SECONDS}::float8) AS waits`;
  return rows[0]?.waits === true;
}

async function protectedChanged(
  tx: Transaction,
  { database }: Comparing,
  account: SeenAccount,
  seen: Row | undefined,
  { around, told, name }: { around: number; told: Told; name: string },
): Promise<void> {
  const { guid, sid } = account;
  const events = [...told.byOthers, ...told.byOwner];
  await recordUnexplained(tx, {
    alarm: 'password-changed-around',
    subject: `${guid} ${account.version ?? account.pwdLastSet}`,
    account: { guid, sid, privileged: true },
    name,
    about: events.length === 0 ? undefined : events.map((event) => eventInWords(event, told.names)).join(' '),
    from: events.find(({ address }) => address !== null)?.address ?? undefined,
    do: {
      ...evidence(database, seen, account),
      around,
      events: events.map(({ actorSid, action, at, controller }) => ({ by: actorSid, action, at: at.toISOString(), controller })),
    },
  });
}

async function otherChanged(
  tx: Transaction,
  { database }: Comparing,
  account: SeenAccount,
  seen: Row | undefined,
  { told, name }: { told: Told; name: string | undefined },
): Promise<void> {
  for (const event of told.byOwner) await recordOwner(tx, account, event);
  for (const event of told.byOthers) await recordOther(tx, account, event, told, name);
  if (told.unexplained === 0) return;
  const { guid, sid } = account;
  await recordUnexplained(tx, {
    alarm: 'passwords-changed-around',
    // One an hour is about many.
    subject: `${new Date().toISOString().slice(0, 13)}Z`,
    account: { guid, sid, privileged: false },
    do: { ...evidence(database, seen, account), around: told.unexplained },
  });
}

const evidence = ({ host, invocationId }: ControllerDatabase, seen: Row | undefined, now: SeenAccount) => ({
  controller: host,
  invocation: invocationId,
  before: seen ? stamp(seen) : null,
  now: stamp(now),
});

/**
 * The controller shows an older password than was seen: when it stays so for longer than replication takes, or its count of changes went back, that is recorded, and what it
 * shows counts as seen from then on, with as many writes of ours as it still has. Answers whether it was.
 */
async function olderThanSeen(of: Comparing, account: SeenAccount, seen: Row | undefined, ours: OurWrites): Promise<boolean> {
  const { guid, sid } = account;
  if (!seen) return false;
  const name = (await of.look(guid))?.name;
  return of.db.$transaction(async (tx) => {
    if (!of.wentBack && !(await isOldEnough(tx, guid))) return false;
    const lacking = ours.made.filter((after) => after !== null && BigInt(after) > BigInt(account.pwdLastSet));
    await note(tx, account, ours.made.length - lacking.length);
    const facts = { controller: of.database.host, invocation: of.database.invocationId, before: stamp(seen), now: stamp(account) };
    await recordUnexplained(tx, {
      alarm: lacking.length > 0 ? 'write-missing' : 'directory-rolled-back',
      subject: lacking.length > 0 ? `${guid} ${lacking.at(-1)}` : of.database.invocationId,
      account: { guid, sid },
      name,
      do: { ...facts, lacking: lacking.length },
    });
    return true;
  });
}

/** Notes since when, and answers whether that is long enough. */
async function isOldEnough(tx: Transaction, guid: string): Promise<boolean> {
  const rows = await tx.$queryRaw<{ old: boolean }[]>`
    UPDATE seen_password SET older_since = coalesce(older_since, clock_timestamp()) WHERE account_guid = ${guid}::uuid
    RETURNING older_since < clock_timestamp() - make_interval(secs => ${GRACE_SECONDS}::float8) AS old`;
  return rows[0]?.old === true;
}

const stamp = ({ pwdLastSet, version }: { pwdLastSet: string; version: number | null }) => ({ pwd_last_set: pwdLastSet, version });
