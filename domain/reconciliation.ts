/** How long a write may be on its way, and how long replication may take, before what does not fit is an alarm. */
export const GRACE_SECONDS = 15 * 60;

/** What the directory says of a password: when it was last set (FILETIME as decimal text, 0: to be changed), and how often, where that may be read. */
export interface PasswordSeen {
  pwdLastSet: string;
  version: number | null;
}

/** What was seen at the last look, and how many writes of ours stand behind it. */
export interface SeenPassword extends PasswordSeen {
  writes: number;
}

/** The writer's own claims about one account, as they are now. */
export interface OurWrites {
  /** Which were made, or may have been: pwdLastSet after each, where the writer read it. */
  made: readonly (string | null)[];
  /** One is on its way, and not for longer than it may be, or came to its end while the directory was read. */
  underWay: boolean;
}

export type Compared =
  | { found: 'same' | 'first' | 'unsettled' | 'older' }
  /** Every change is a write of ours. */
  | { found: 'ours'; writes: number }
  /** So many changes are nobody's that we know of. */
  | { found: 'around'; writes: number; around: number };

/**
 * Whether the directory's changes of one password are ours. By the version of the replication metadata where it may be read, since a change before ours or after it would hide
 * behind one moment; by the moment alone otherwise. `older`: the controller knows less than was seen before, by lag or because its database was put back.
 */
export function comparePassword(seen: SeenPassword | undefined, now: PasswordSeen, ours: OurWrites): Compared {
  if (!seen) return { found: ours.underWay ? 'unsettled' : 'first' };
  const made = changesSince(seen, now, ours);
  if (made === 0) return { found: 'same' };
  if (made < 0) return { found: 'older' };
  // What is on its way may be among them; the next look knows.
  if (ours.underWay) return { found: 'unsettled' };
  const unmatched = ours.made.length - seen.writes;
  if (unmatched >= made) return { found: 'ours', writes: seen.writes + made };
  return { found: 'around', writes: ours.made.length, around: made - Math.max(unmatched, 0) };
}

function changesSince(seen: SeenPassword, now: PasswordSeen, { made }: OurWrites): number {
  if (seen.version !== null && now.version !== null) return now.version - seen.version;
  if (seen.pwdLastSet === now.pwdLastSet) return 0;
  if (now.pwdLastSet !== '0' && BigInt(now.pwdLastSet) < BigInt(seen.pwdLastSet)) return -1;
  // It is one that we wrote: all that we wrote since then is behind it.
  if (made.includes(now.pwdLastSet)) return Math.max(made.length - seen.writes, 1);
  return Math.max(made.length - seen.writes, 0) + 1;
}
