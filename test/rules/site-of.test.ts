import assert from 'node:assert/strict';
import { BlockList } from 'node:net';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { siteOf } from '#domain/site-of.ts';

test('an address belongs to the site of the longest network that holds it, in either family', () => {
  const networks = [
    { network: '10.0.0.0/8', site: 'Head-Office' },
    { network: '10.20.0.0/16', site: 'Branches' },
    { network: '10.20.7.9', site: 'Kiosk' },
    { network: 'fd00:20::/32', site: 'Branches' },
    { network: 'not a network/99', site: 'Nowhere' },
  ];
  const of = (address: string) => siteOf(networks, address);
  assert.deepEqual(['10.1.2.3', '10.20.7.8', '10.20.7.9', '::ffff:10.20.7.8', 'fd00:20::1'].map(of), [
    'Head-Office',
    'Branches',
    'Kiosk',
    'Branches',
    'Branches',
  ]);
  for (const nowhere of ['192.0.2.1', 'fd00:21::1', '', 'unknown', '10.20.7', '10.20.7.256', '010.20.7.9', '1:2:3', ':::', '10.0.0.1/8'])
    assert.equal(of(nowhere), undefined, nowhere);
});

const ipv4 = fc.ipV4();
const ipv6 = fc.ipV6().filter((address) => !address.includes('.'));

test('whether a network holds an address is as Node judges it, and the longest wins in whatever order they stand', () => {
  const family = fc.constantFrom('ipv4' as const, 'ipv6' as const);
  const one = family.chain((kind) =>
    fc.record({
      kind: fc.constant(kind),
      address: kind === 'ipv4' ? ipv4 : ipv6,
      networks: fc.array(fc.record({ base: kind === 'ipv4' ? ipv4 : ipv6, length: fc.nat({ max: kind === 'ipv4' ? 32 : 128 }) }), {
        maxLength: 8,
      }),
    }),
  );
  fc.assert(
    fc.property(one, fc.nat({ max: 32 }), ({ kind, address, networks }, own) => {
      // Networks drawn at random hold nobody; one of the address itself does.
      const all = [...networks, { base: address, length: own }];
      const holding = all.filter(({ base, length }) => {
        const block = new BlockList();
        block.addSubnet(base, length, kind);
        return block.check(address, kind);
      });
      const longest = Math.max(...holding.map(({ length }) => length));
      const named = all.map(({ base, length }) => ({ network: `${base}/${length}`, site: String(length) }));
      assert.equal(siteOf(named, address), String(longest));
      assert.equal(siteOf(named.toReversed(), address), String(longest));
    }),
    { seed: 11, numRuns: 2000 },
  );
});

test('no text whatever is taken for an address by mistake, and none throws', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (network, address) => {
      const site = siteOf([{ network, site: 'A' }], address);
      assert.ok(site === undefined || site === 'A');
    }),
  );
});
