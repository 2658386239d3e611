import { Resolver } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { withDeadline } from './controller.ts';
import { messageOf } from './errors.ts';
import type { Service } from './service-order.ts';

/** What the name servers say of a service; none when there are no records of that name. `silence`: nobody knows, and why. */
export type Answer = { services: Service[] } | { silence: string };

export type NameServers = {
  /** The SRV records of a name. Never throws. */
  services: (name: string) => Promise<Answer>;
  /** Addresses of a host, for a socket; the last known ones while no server answers. */
  lookup: LookupFunction;
};

/** One try at one server, and everything together: a server that is down must not hold up those who wait for a directory. */
const tryMs = 1000;
const wholeMs = 4000;
/** An address has to come well within the time of a connection; sooner where an earlier one is known. */
const addressMs = 2500;
const againMs = 500;
/** More controllers than anybody can try; of a flood those of the lowest priority numbers stay. */
const most = 256;
const mostHosts = 256;

/** Error codes of a server that did answer: no such name, no such records (RFC 1035 4.1.1, RFC 2308). */
const noRecords = new Set(['ENOTFOUND', 'ENODATA']);

/**
 * Asks these name servers and no others, not even the machine's own: `address` or `address:port`. Neither the machine's
 * hosts file nor its search list is used.
 */
export function nameServers(servers: readonly string[]): NameServers {
  const known = new Map<string, string[]>();

  async function ask<T>(deadlineMs: number, what: (resolver: Resolver) => Promise<T>): Promise<T> {
    const resolver = new Resolver({ timeout: tryMs, tries: 2 });
    resolver.setServers(servers);
    try {
      return await withDeadline(what(resolver), deadlineMs, 'an answer of the name servers');
    } finally {
      resolver.cancel();
    }
  }

  async function addresses(host: string): Promise<string[]> {
    const name = host.toLowerCase();
    const last = known.get(name);
    try {
      const found = await ask(last ? againMs : addressMs, async (resolver) => {
        const v4 = await resolver.resolve4(name).catch(noneOr);
        return v4.length > 0 ? v4 : resolver.resolve6(name);
      });
      if (known.size >= mostHosts) known.clear();
      known.set(name, found);
      return found;
    } catch (error) {
      if (last && !noRecords.has(codeOf(error))) return last;
      throw error;
    }
  }

  return {
    async services(name) {
      try {
        const records = await ask(wholeMs, (resolver) => resolver.resolveSrv(name));
        const first = records.toSorted((a, b) => a.priority - b.priority).slice(0, most);
        return { services: first.map(({ name: host, priority, weight }) => ({ name: host, priority, weight })) };
      } catch (error) {
        const code = codeOf(error);
        return noRecords.has(code) ? { services: [] } : { silence: code };
      }
    },
    async lookup(host, options, callback) {
      let found: { address: string; family: number }[] = [];
      let why = 'none';
      try {
        found = (await addresses(host)).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
      } catch (error) {
        why = codeOf(error);
      }
      const [first] = found;
      if (!first) callback(new Error(`${host} has no address that the name servers know (${why})`), '');
      else if (options.all) callback(null, found);
      else callback(null, first.address, first.family);
    },
  };
}

function noneOr(error: unknown): [] {
  if (noRecords.has(codeOf(error))) return [];
  throw error;
}

function codeOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : messageOf(error);
}
