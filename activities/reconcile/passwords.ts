import type { ControllerDatabase, SeenAccount } from '#activities/directory/changed-accounts.ts';
import { comparePassword, GRACE_SECONDS, type OurWrites, type SeenPassword } from '#domain/reconciliation.ts';
import type { Database, Transaction } from '#db';
import { ourWrites } from './our-writes.ts';
import { recordUnexplained } from './unexplained.ts';

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
}

/** How many accounts were found so. `unknown`: seen for the first time while a write was on its way, so that nothing could be noted. */
export type Counts = Record<'ours' | 'around' | 'unknown', number>;

/** Compares the passwords of these accounts with what was seen before and what the writers claim, and notes them as seen. What is not settled yet is left for the next look. */
export async function comparePasswords(of: Comparing, accounts: readonly SeenAccount[]): Promise<Counts> {
  const counts = { ours: 0, around: 0, unknown: 0 };
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

type Row = SeenPassword & { olderSince: Date | null; again: boolean };

async function compareOne(of: Comparing, account: SeenAccount, seen: Row | undefined, ours: OurWrites): Promise<keyof Counts | undefined> {
  const compared = comparePassword(seen, account, ours);
  if (compared.found === 'unsettled') return lookAgain(of, account);
  if (compared.found === 'same' && seen?.olderSince === null && !seen.again) return undefined;
  if (compared.found === 'older') return (await olderThanSeen(of, account, seen, ours)) ? 'around' : undefined;
  const whose = compared.found === 'around' ? await of.look(account.guid) : undefined;
  await of.db.$transaction(async (tx) => {
    await note(tx, account, 'writes' in compared ? compared.writes : (seen?.writes ?? ours.made.length));
    if (compared.found === 'around') await changedAround(tx, of, account, seen, { around: compared.around, whose });
  });
  return compared.found === 'ours' || compared.found === 'around' ? compared.found : undefined;
}

async function lookAgain({ db }: Comparing, { guid }: SeenAccount): Promise<'unknown' | undefined> {
  const { count } = await db.seenPassword.updateMany({ where: { accountGuid: guid }, data: { again: true } });
  return count === 0 ? 'unknown' : undefined;
}

async function note(tx: Transaction, { guid, pwdLastSet, version }: SeenAccount, writes: number): Promise<void> {
  const row = { pwdLastSet, version, writes, olderSince: null, again: false, at: new Date() };
  await tx.seenPassword.upsert({ where: { accountGuid: guid }, create: { accountGuid: guid, ...row }, update: row });
}

/** Of a protected account an alarm each; of all others one an hour, since people change their own at their computers. */
async function changedAround(
  tx: Transaction,
  { database }: Comparing,
  account: SeenAccount,
  seen: Row | undefined,
  { around, whose }: { around: number; whose: Awaited<ReturnType<Comparing['look']>> },
): Promise<void> {
  const isProtected = whose?.isProtected === true;
  const { guid, sid } = account;
  const now = stamp(account);
  const hour = `${new Date().toISOString().slice(0, 13)}Z`;
  await recordUnexplained(tx, {
    alarm: isProtected ? 'password-changed-around' : 'passwords-changed-around',
    subject: isProtected ? `${guid} ${account.version ?? account.pwdLastSet}` : hour,
    account: { guid, sid, privileged: isProtected },
    // The one of an hour is about many.
    name: isProtected ? whose.name : undefined,
    do: { controller: database.host, invocation: database.invocationId, before: seen ? stamp(seen) : null, now, around },
  });
}

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
