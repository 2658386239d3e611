import { readdirSync, readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';

/** How often the network is looked at. A look reads a few files of the kernel and takes a tenth of a millisecond. */
const EVERY_MS = 1000;
const CLASS = '/sys/class/net';

/** All that changes when a device joins a network, leaves one, or a VPN comes up: plugs, addresses, routes. */
export function networkNow(): string {
  const read = (file: string): string => {
    try {
      return readFileSync(file, 'utf8');
    } catch {
      // Carrier cannot be read of what is down; a kernel without IPv6 has no such routes.
      return '';
    }
  };
  let names: string[] = [];
  try {
    names = readdirSync(CLASS);
  } catch {
    // Without /sys there are still addresses and routes.
  }
  const plugs = names.map((name) => `${name} ${read(`${CLASS}/${name}/carrier`).trim()}`);
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all?.map(({ cidr }) => cidr) ?? []);
  // Of a route, what it leads to and by what; its counters change by themselves.
  const routes = (read('/proc/net/route') + read('/proc/net/ipv6_route'))
    .split('\n')
    .map((line) => line.split(/\s+/).slice(0, 3).join(' '));
  return [...plugs, ...addresses, ...routes].join('\n');
}

/** Calls back whenever the network is another one than before. Answers what ends it. */
export function watchNetwork(changed: () => void): () => void {
  let before = networkNow();
  const timer = setInterval(() => {
    const now = networkNow();
    if (now === before) return;
    before = now;
    changed();
  }, EVERY_MS);
  return () => clearInterval(timer);
}
