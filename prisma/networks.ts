import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';

/** Why a text is no block of addresses, or undefined. A block is an address, or one with the length of its network (RFC 4632 §3.1, RFC 4291 §2.3). */
export function whyNotBlock(text: string): string | undefined {
  const [address = '', length, ...more] = text.split('/');
  const isWhole = length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= (isIPv4(address) ? 32 : 128));
  if (isIP(address) === 0 || address.includes('%') || more.length > 0 || !isWhole)
    return `"${text}" is no network; write an address and a length, such as 10.20.0.0/16 or fd00:20::/32`;
  return undefined;
}

/** Names of the networks in which an address lies, in the order of their names; none for what is no address. */
export function networksOf(networks: Readonly<Record<string, readonly string[]>>, address: string | undefined): string[] {
  if (address === undefined || isIP(address) === 0) return [];
  const holds = (blocks: readonly string[]): boolean => blockList(blocks).check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  return Object.keys(networks)
    .filter((name) => holds(networks[name] ?? []))
    .toSorted();
}

function blockList(blocks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const block of blocks) {
    const [address = '', length] = block.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    list.addSubnet(address, Number(length ?? (family === 'ipv6' ? 128 : 32)), family);
  }
  return list;
}
