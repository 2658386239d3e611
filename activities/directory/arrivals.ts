import { guidDn } from './entry.ts';
import type { Directory } from './connect.ts';
import { eachController, type EachController } from './each-controller.ts';
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
  /** The same for somebody at a site: its controllers are looked at before others, and where it has come to there is said beside. */
  lookNear: (account: string, stamp: PasswordStamp, madeAt: string, site: string) => Promise<ArrivalsNear>;
}

/** `here`: at the site, as far as one of its controllers is known. A silent one there is not waited for. */
export interface ArrivalsNear {
  seen: Record<string, Arrival>;
  here: 'arrived' | 'on-its-way' | undefined;
}

/** Watches the controllers of a directory, those that it likes best first: a bank may have hundreds. Nothing is connected before the first look. */
export function openArrivals(watched: Pick<Directory, 'controllers' | 'only' | 'siteOf'>, now: () => number = Date.now): Arrivals {
  return arrivalsBy(watched, eachController(watched, now));
}

/** The same by a way to ask them that others use too: who was silent to one is not asked by the other. */
export function arrivalsBy({ siteOf }: Pick<Directory, 'siteOf'>, each: EachController): Arrivals {
  const look = async (account: string, stamp: PasswordStamp, madeAt: string, near?: string): Promise<Record<string, Arrival>> => {
    const seen = await each('a look at a stamp', (directory) => readStamp(directory, account), { except: madeAt, near });
    return Object.fromEntries(
      Object.entries(seen).map(([url, one]) => [url, one === undefined ? 'silent' : hasArrived(one, stamp) ? 'arrived' : 'on-its-way']),
    );
  };
  return {
    look,
    async lookNear(account, stamp, madeAt, site) {
      const seen = await look(account, stamp, madeAt, site);
      const isThere = (url: string): boolean => siteOf(url)?.toLowerCase() === site.toLowerCase();
      const there = Object.entries(seen).flatMap(([url, arrival]) => (isThere(url) && arrival !== 'silent' ? [arrival] : []));
      // Where it was written it is, and who stands there asks that one too.
      if (isThere(madeAt)) there.push('arrived');
      return { seen, here: there.length === 0 ? undefined : there.includes('on-its-way') ? 'on-its-way' : 'arrived' };
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
