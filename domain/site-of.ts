/** A network and the site of Active Directory that stands there: `10.20.0.0/16`, `fd00:20::/32`, or one address. */
export interface SiteNetwork {
  network: string;
  site: string;
}

/**
 * The site of an address: that of the longest network that holds it (MS-ADTS 6.1.1.2.2.2.1), or undefined. An IPv4 address written as an IPv6 one
 * (`::ffff:10.0.0.1`) is the IPv4 address. What is no address, or no network, is in none. Of two that are written alike the first counts.
 */
export function siteOf(networks: readonly SiteNetwork[], address: string): string | undefined {
  const asked = bitsOf(address);
  if (asked === undefined) return undefined;
  let best: { length: number; site: string } | undefined;
  for (const { network, site } of networks) {
    const prefix = prefixOf(network);
    if (prefix === undefined || prefix.width !== asked.length || !asked.startsWith(prefix.bits)) continue;
    if (best === undefined || prefix.bits.length > best.length) best = { length: prefix.bits.length, site };
  }
  return best?.site;
}

function prefixOf(network: string): { bits: string; width: number } | undefined {
  const [address = '', length, ...more] = network.trim().split('/');
  const bits = bitsOf(address);
  if (bits === undefined || more.length > 0) return undefined;
  if (length === undefined) return { bits, width: bits.length };
  if (!/^\d{1,3}$/.test(length) || Number(length) > bits.length) return undefined;
  return { bits: bits.slice(0, Number(length)), width: bits.length };
}

/** 32 or 128 binary digits, or undefined. */
function bitsOf(address: string): string | undefined {
  if (!address.includes(':')) return ipv4(address);
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  return mapped ? ipv4(mapped[1] ?? '') : ipv6(address);
}

function ipv4(address: string): string | undefined {
  const parts = address.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) return undefined;
  return parts.map((part) => Number(part).toString(2).padStart(8, '0')).join('');
}

function ipv6(address: string): string | undefined {
  const halves = address.split('::');
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => '0'), ...tail];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return groups.map((group) => Number.parseInt(group, 16).toString(2).padStart(16, '0')).join('');
}
