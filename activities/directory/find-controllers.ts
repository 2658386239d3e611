import type { Controller, FindSettings } from './controller.ts';
import type { Answer, NameServers } from './name-servers.ts';
import { inServiceOrder } from './service-order.ts';

/** A place in an answer: the priority of the record, and where it stands in the order that was drawn. */
export type Place = { priority: number; order: number };

/** A controller that DNS names, with its place among those of the domain and of each site that was asked for. */
export type Found = { controller: Controller; domain: Place | undefined; sites: ReadonlyMap<string, Place>; isPdc: boolean };

export type Finder = {
  /** What the last answers say; empty as long as there were none. */
  found: () => readonly Found[];
  /** Asks DNS for the domain, its PDC emulator and each site. An answer is kept until another one comes. */
  ask: () => Promise<void>;
  /** A site that somebody is nearest to, asked for from the next time on. True when it is new. */
  about: (site: string) => boolean;
  /** The controller that a URL of ours names, also one that DNS names no more; undefined for a host outside of the domain. */
  named: (url: string) => Controller | undefined;
  /** Why nothing was found, in words; undefined when DNS answered when it was last asked. */
  silence: () => string | undefined;
};

/** LDAP over TLS. The port that SRV records tell is that of plain LDAP, which is not spoken here. */
const port = 636;
/** Sites that are asked for, beside the domain. A bank has more; those near to whom nobody signs in cost nothing. */
const mostSites = 64;
const hostName = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)+$/;
const siteName = /^[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/;

/**
 * Finds the controllers of the domain `baseDn` by SRV records (RFC 2782), with the names that MS-ADTS 6.3.2.3 gives:
 * those of a site, of the whole domain and of the PDC emulator. Only hosts under the domain count. What DNS says is no more than a
 * hint where to connect: the certificate has to be of the pinned authority and of that very name, so a forged answer can at most
 * send us where nobody answers.
 */
export function findControllers(baseDn: string, find: FindSettings, names: NameServers, draw: (most: number) => number): Finder {
  const domain = domainOf(baseDn);
  const sites = new Set(find.site === undefined ? [] : [find.site.toLowerCase()]);
  const wholeDomain = `_ldap._tcp.dc._msdcs.${domain}`;
  const emulator = `_ldap._tcp.pdc._msdcs.${domain}`;
  const ofSite = (site: string) => `_ldap._tcp.${site}._sites.dc._msdcs.${domain}`;
  const kept = new Map<string, Map<string, Place>>();
  let found: readonly Found[] = [];
  let silence: string | undefined = `the name servers ${find.servers.join(', ')} were not asked yet`;

  function keep(name: string, answer: Answer): void {
    if (!('services' in answer)) return;
    const services = answer.services.map((one) => ({ ...one, name: one.name.toLowerCase() })).filter(({ name }) => isUnder(name, domain));
    const order = inServiceOrder(services, draw).map((service, at) => [service.name, { priority: service.priority, order: at }] as const);
    kept.set(name, new Map(order.toReversed())); // of a host that is named twice the first place counts
  }

  const named = (host: string): Controller => ({ url: `ldaps://${host}:${port}`, servername: host, lookup: names.lookup });

  function merged(): Found[] {
    const hosts = new Set([...kept.values()].flatMap((places) => [...places.keys()]));
    const places = (host: string) =>
      [...sites].flatMap((site) => {
        const place = kept.get(ofSite(site))?.get(host);
        return place ? [[site, place] as const] : [];
      });
    return [...hosts].map((host) => ({
      controller: named(host),
      domain: kept.get(wholeDomain)?.get(host),
      sites: new Map(places(host)),
      isPdc: kept.get(emulator)?.has(host) ?? false,
    }));
  }

  return {
    found: () => found,
    async ask() {
      const [all, pdc, ...near] = await Promise.all([wholeDomain, emulator, ...[...sites].map(ofSite)].map(names.services));
      // A server that names no controller of the domain does not know the domain: nothing that it says counts.
      if (!all || !('services' in all) || !all.services.some(({ name }) => isUnder(name.toLowerCase(), domain))) {
        silence =
          all && 'silence' in all
            ? `no name server answers (${all.silence}; asked ${find.servers.join(', ')})`
            : `the name servers ${find.servers.join(', ')} know no controller of ${domain}`;
        return;
      }
      silence = undefined;
      keep(wholeDomain, all);
      if (pdc) keep(emulator, pdc);
      for (const [index, site] of [...sites].entries()) {
        const answer = near[index];
        if (answer) keep(ofSite(site), answer);
      }
      found = merged();
    },
    about(site) {
      const name = site.toLowerCase();
      if (sites.has(name) || sites.size >= mostSites || !siteName.test(name)) return false;
      sites.add(name);
      return true;
    },
    named(url) {
      const host = URL.canParse(url) ? new URL(url).hostname : '';
      return isUnder(host, domain) && named(host).url === url ? named(host) : undefined;
    },
    silence: () => silence,
  };
}

/** The DNS name of a domain, `bank.test` for `DC=bank,DC=test` (RFC 2247). Throws when there is something else in it. */
export function domainOf(baseDn: string): string {
  const parts = baseDn.split(',').map((part) => /^\s*dc\s*=\s*([^\s,=]+)\s*$/i.exec(part)?.[1]);
  if (parts.some((part) => part === undefined)) throw new Error(`${baseDn} is not the name of a domain, such as DC=example,DC=bank`);
  return parts.join('.').toLowerCase();
}

function isUnder(host: string, domain: string): boolean {
  return host.length <= 253 && hostName.test(host) && host.endsWith(`.${domain}`);
}
