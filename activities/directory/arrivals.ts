import type { Directory } from './connect.ts';
import { withDeadline } from './controller.ts';
import { guidDn } from './entry.ts';
import { baseEntry } from './find-account.ts';
import { passwordStamp, stampAttributes, type PasswordStamp } from './password-stamp.ts';

/** Of a change at one controller. `silent`: it does not answer, or does not show its stamps. */
export type Arrival = 'arrived' | 'on-its-way' | 'silent';

export interface Arrivals {
  /**
   * Whether a change of this account's password has come to each controller but the one where it was made, by its URL. Looks at
   * stamps and tries no password: a wrong one would count towards a lockout there. Answers within seconds and never throws; a
   * controller that was silent is not asked again for half a minute.
   */
  look: (account: string, stamp: PasswordStamp, madeAt: string) => Promise<Record<string, Arrival>>;
}

const MOST = 8;
const LONGEST_MS = 3000;
const SILENT_MS = 30_000;

/** Watches the controllers of a directory, those that it likes best first: a bank may have hundreds. Nothing is connected before the first look. */
export function openArrivals(watched: Pick<Directory, 'controllers' | 'only'>, now: () => number = Date.now): Arrivals {
  const silentUntil = new Map<string, number>();

  async function at(url: string, account: string, stamp: PasswordStamp): Promise<Arrival> {
    if ((silentUntil.get(url) ?? 0) > now()) return 'silent';
    try {
      const directory = watched.only(url);
      const seen = directory && (await withDeadline(readStamp(directory, account), LONGEST_MS, 'a look at a stamp'));
      if (seen) return hasArrived(seen, stamp) ? 'arrived' : 'on-its-way';
    } catch {
      // Whatever it was: nothing is known of this controller now, and nobody's password depends on it.
    }
    silentUntil.set(url, now() + SILENT_MS);
    return 'silent';
  }

  return {
    look: async (account, stamp, madeAt) => {
      // One that is listed by address and found by name is asked twice, which harms nobody.
      const controllers = await watched.controllers().catch(() => []);
      const others = controllers.filter(({ url }) => url !== madeAt).slice(0, MOST);
      return Object.fromEntries(await Promise.all(others.map(async ({ url }) => [url, await at(url, account, stamp)])));
    },
  };
}

async function readStamp(directory: Directory, account: string): Promise<PasswordStamp | undefined> {
  const entry = await directory.read((session) => baseEntry(session, guidDn(account), stampAttributes));
  return entry && passwordStamp(entry);
}

/** A later change counts too: it was made over ours. Of two with one version the later stands, then the one with the greater name (MS-DRSR 4.1.10.5.8). */
function hasArrived(seen: PasswordStamp, ours: PasswordStamp): boolean {
  if (seen.version !== ours.version) return seen.version > ours.version;
  if (seen.at !== ours.at) return seen.at > ours.at;
  return seen.originating >= ours.originating;
}
