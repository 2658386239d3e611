import { isIPv6 } from 'node:net';

/** The address of the connection itself. No forwarding header is read: anybody may send one (CVE-2026-96445). */
export function sourceOf(remoteAddress: string | undefined): string {
  const address = (remoteAddress ?? 'unknown').replace(/%.*$/, '').toLowerCase();
  // A dual-stack socket shows IPv4 peers as ::ffff:a.b.c.d; both spellings are one source.
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}

/** What limits are counted by: an IPv4 address, or the /64 that one IPv6 subscriber holds whole. */
export function limitKeyOf(source: string): string {
  if (!isIPv6(source)) return source;
  const [head = '', tail] = source.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0');
  return `${[...before, ...zeros, ...after].slice(0, 4).join(':')}::/64`;
}

/** Whether the request comes from this very machine. */
export function isLoopback(source: string): boolean {
  return source === '::1' || source.startsWith('127.');
}
