import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { networksOf, whyNotBlock } from '#prisma/networks.ts';

const networks = { branches: ['10.20.0.0/16', 'fd00:20::/32'], kiosk: ['10.20.7.9'], 'head office': ['10.0.0.0/8'] };

test('an address is in every network that holds it, in either family, and an address of nowhere is in none', () => {
  assert.deepEqual(networksOf(networks, '10.20.7.9'), ['branches', 'head office', 'kiosk']);
  assert.deepEqual(networksOf(networks, '10.21.0.1'), ['head office']);
  assert.deepEqual(networksOf(networks, 'fd00:20::1'), ['branches']);
  for (const nowhere of ['192.0.2.1', 'fd00:21::1', 'unknown', '', '10.20.7.9/32', undefined])
    assert.deepEqual(networksOf(networks, nowhere), []);
});

test('membership is by the leading bits, as arithmetic says', () => {
  const ipv4 = fc.nat({ max: 0xffffffff });
  const text = (n: number) => [24, 16, 8, 0].map((shift) => (n >>> shift) & 255).join('.');
  fc.assert(
    fc.property(ipv4, ipv4, fc.nat({ max: 32 }), (address, block, length) => {
      const same = Math.floor(address / 2 ** (32 - length)) === Math.floor(block / 2 ** (32 - length));
      assert.deepEqual(networksOf({ one: [`${text(block)}/${length}`] }, text(address)), same ? ['one'] : []);
    }),
    { seed: 5, numRuns: 2000 },
  );
});

test('what is no block is refused with how one is written', () => {
  for (const good of ['10.0.0.0/8', '0.0.0.0/0', '192.0.2.7', 'fd00::/8', '::1', '::1/128'])
    assert.equal(whyNotBlock(good), undefined, good);
  for (const bad of ['10.0.0.0/33', '10.0/8', '10.0.0.0/', '10.0.0.0/8/8', 'fe80::1%eth0', 'fd00::/129', 'branch', '', '10.0.0.0/-1'])
    assert.match(whyNotBlock(bad) ?? '', /is no network; write an address and a length/, bad);
});
