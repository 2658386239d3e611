import { AndFilter, EqualityFilter, GreaterThanEqualsFilter } from 'ldapts';
import type { PasswordSeen } from '#domain/reconciliation.ts';
import type { Directory, Session } from './connect.ts';
import { guidDn, guidText, sidText, type EntryReader } from './entry.ts';
import { DirectoryUnavailable } from './errors.ts';
import { baseEntry, userAccountType } from './find-account.ts';
import { invocationId } from './invocation-id.ts';
import { passwordStamp, stampAttributes } from './password-stamp.ts';

/** One database of a controller: the identity changes when it was restored in order, and not when it was copied back (MS-DRSR 5.38, invocationId). */
export interface ControllerDatabase {
  invocationId: string;
  host: string;
  /** Its own count of changes, which only grows (MS-ADTS 3.1.1.1.9, USN). */
  usn: bigint;
}

export interface SeenAccount extends PasswordSeen {
  guid: string;
  sid: string;
}

export interface ChangedAccounts {
  database: ControllerDatabase;
  /** Where its count stood before; undefined for a database that is not known. */
  since: bigint | undefined;
  /** Everybody was read, not only who changed. */
  isWhole: boolean;
  accounts: SeenAccount[];
}

const attributes = ['objectGUID', 'objectSid', 'pwdLastSet', ...stampAttributes];

/**
 * Accounts that changed at the controller that answers since its count stood at what `usnOf` says of its database; everybody when that database is not known, or
 * counts less than it did. Each is in the answer that changed before it; one that changes meanwhile comes again with the next. Throws DirectoryUnavailable.
 */
export async function changedAccounts(
  dir: Directory,
  usnOf: (invocationId: string) => Promise<bigint | undefined>,
): Promise<ChangedAccounts> {
  return dir.read(async (session) => {
    const database = await databaseOf(session);
    const since = await usnOf(database.invocationId);
    const isWhole = since === undefined || since > database.usn;
    const people = new EqualityFilter({ attribute: 'sAMAccountType', value: userAccountType });
    const changed = new GreaterThanEqualsFilter({ attribute: 'uSNChanged', value: String((since ?? 0n) + 1n) });
    const filter = isWhole ? people : new AndFilter({ filters: [people, changed] });
    const entries = await session.searchAll(dir.settings.baseDn, { scope: 'sub', filter, attributes });
    return { database, since, isWhole, accounts: entries.map(seenIn) };
  });
}

/** One account as the controller that answers knows it; undefined when it is gone. */
export async function seenAccount(dir: Directory, guid: string): Promise<SeenAccount | undefined> {
  const entry = await dir.read((session) => baseEntry(session, guidDn(guid), attributes));
  return entry && seenIn(entry);
}

async function databaseOf(session: Session): Promise<ControllerDatabase> {
  const root = await baseEntry(session, '', ['dnsHostName', 'highestCommittedUSN']);
  const id = await invocationId(session);
  if (!root || id === undefined) throw new DirectoryUnavailable('the controller does not say which database it has');
  return { invocationId: id, host: root.text('dnsHostName') ?? '', usn: root.big('highestCommittedUSN') };
}

function seenIn(entry: EntryReader): SeenAccount {
  const [guid, sid] = [entry.bytes('objectGUID'), entry.bytes('objectSid')];
  if (!guid || !sid) throw new RangeError('the directory did not show objectGUID or objectSid; the reading account lacks a right');
  return {
    guid: guidText(guid),
    sid: sidText(sid),
    pwdLastSet: entry.text('pwdLastSet') ?? '0',
    version: passwordStamp(entry)?.version ?? null,
  };
}
