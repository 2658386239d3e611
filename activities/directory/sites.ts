import { EqualityFilter } from 'ldapts';
import { siteOf, type SiteNetwork } from '#domain/site-of.ts';
import type { Directory } from './connect.ts';
import { baseEntry } from './find-account.ts';
import type { Session } from './session.ts';

export interface Sites {
  /** The site of Active Directory that an address stands in, or undefined; never throws. By the settings first, then by the directory's own subnets. */
  of: (address: string) => Promise<string | undefined>;
}

/** Sites and subnets are drawn by people, a few times a year. */
const KEPT_MS = 10 * 60_000;
/** After a failure, so that nobody waits for a silent directory twice. */
const AGAIN_MS = 60_000;

/** `written`: networks and their sites as the settings name them, which come before what the directory says. Nothing is read before the first question. */
export function sitesOf(dir: Pick<Directory, 'read'>, written: readonly SiteNetwork[], now: () => number = Date.now): Sites {
  let known: SiteNetwork[] = [];
  let readAgainAt = 0;
  let reading: Promise<void> | undefined;

  const read = async (): Promise<void> => {
    try {
      known = await dir.read(readSubnets);
      readAgainAt = now() + KEPT_MS;
    } catch {
      // What was known stays; without a site the nearest controller of this process is asked, as before there were any.
      readAgainAt = now() + AGAIN_MS;
    }
  };

  return {
    async of(address) {
      const own = siteOf(written, address);
      if (own !== undefined) return own;
      if (now() >= readAgainAt) await (reading ??= read().finally(() => (reading = undefined)));
      return siteOf(known, address);
    },
  };
}

/** Every subnet that names a site (MS-ADTS 6.1.1.2.2.2), from the configuration of the forest. */
export async function readSubnets(session: Session): Promise<SiteNetwork[]> {
  const root = await baseEntry(session, '', ['configurationNamingContext']);
  const configuration = root?.text('configurationNamingContext');
  if (configuration === undefined) return [];
  const subnets = await session.searchAll(`CN=Subnets,CN=Sites,${configuration}`, {
    scope: 'sub',
    filter: new EqualityFilter({ attribute: 'objectClass', value: 'subnet' }),
    attributes: ['cn', 'siteObject'],
  });
  return subnets.flatMap((subnet) => {
    const network = subnet.text('cn');
    // Of what cannot be the name of a site in DNS no controller could be found.
    const site = /^CN=([A-Za-z0-9_-]{1,63}),CN=Sites,/i.exec(subnet.text('siteObject') ?? '')?.[1];
    return network === undefined || site === undefined ? [] : [{ network, site }];
  });
}
