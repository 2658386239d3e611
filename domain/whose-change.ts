/** What a controller says of one password that was set: changed by whoever knew the old one, or reset by somebody with a right to. */
export interface PasswordEvent {
  id: string;
  action: 'change' | 'reset';
  actorSid: string;
  at: Date;
}

/** Whose the changes of one account are that no claim of ours explains. */
export interface WhoseChanges<E> {
  /** Changed with the old password, by the account itself. */
  byOwner: E[];
  /** Set by somebody else, or with the old password in somebody else's name. */
  byOthers: E[];
  /** So many that no event tells of. */
  unexplained: number;
}

/** Of a change over Kerberos or SAMR the controller names itself or nobody; it was made with the old password all the same. */
const NOBODY: ReadonlySet<string> = new Set(['S-1-5-7', 'S-1-5-18']);
/** How far the moment of an event may lie from that of the change (pwdLastSet) that it tells of: the same controller's clock, but another line of its code. */
const SLACK_MS = 2000;

/**
 * Divides the changes around us by the controllers' events. `ours`: how many changes since then are writes of ours; what our writers' accounts did beyond them is nobody's of ours. `since` and `until` are the moments
 * of the last change that was noted and of the last one that is seen, by the controller's clock.
 */
export function whoseChanges<E extends PasswordEvent>(
  events: readonly E[],
  seen: { account: string; around: number; ours: number; writers: ReadonlySet<string>; since: Date | undefined; until: Date | undefined },
): WhoseChanges<E> {
  const { since, until } = seen;
  const late = until === undefined ? events : events.filter(({ at }) => at.getTime() <= until.getTime() + SLACK_MS);
  // An event that came late may be that of the change which was noted: it must not explain another one.
  const isOld = ({ at }: E) => since !== undefined && at.getTime() <= since.getTime() + SLACK_MS;
  const isOurs = ({ action, actorSid }: E) => action === 'reset' && seen.writers.has(actorSid);
  const isOwners = ({ action, actorSid }: E) => action === 'change' && (actorSid === seen.account || NOBODY.has(actorSid));
  const byWriters = late.filter((event) => isOurs(event) && !isOld(event));
  const byOwner = late.filter((event) => isOwners(event) && !isOld(event));
  const byOthers = [...late.filter((event) => !isOurs(event) && !isOwners(event)), ...byWriters.slice(seen.ours)];
  return { byOwner, byOthers, unexplained: Math.max(seen.around - byOwner.length - byOthers.length, 0) };
}

/** The moment of a FILETIME in decimal text; undefined for 0, which is none. */
export function momentOfFileTime(ticks: string): Date | undefined {
  return ticks === '0' ? undefined : new Date(Number(BigInt(ticks) / 10_000n - 11_644_473_600_000n));
}
