import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { lookAtPskc, readPskc } from '#activities/tokens/pskc.ts';

/** The examples of RFC 6030, by the numbers of their figures. */
const figure = (number: number): string => readFileSync(new URL(`rfc6030/figure-${number}.xml`, import.meta.url), 'utf8');
const open = { plain: true, signer: null };
const closed = { plain: false, signer: null };
const now = new Date('2026-01-01T00:00:00Z');
const seed = '3132333435363738393031323334353637383930';

test('figure 2: a seed of four bytes without a device is no token', () => {
  assert.deepEqual(lookAtPskc(figure(2), open), { openedBy: 'digest', packages: 1 });
  assert.deepEqual(readPskc(figure(2), open, undefined, now), { tokens: [], leftOut: [{ at: 1, serial: '', fault: 'serial-missing' }] });
  assert.throws(() => readPskc(figure(2), closed, undefined, now), { fault: 'plain-seeds' });
});

test('figure 5: the token whose PIN is its own business is taken, and the PIN beside it is no token', () => {
  const { tokens, leftOut } = readPskc(figure(5), open, undefined, now);
  assert.deepEqual(
    tokens.map(({ secret, ...rest }) => ({ ...rest, seed: Buffer.from(secret).toString('hex') })),
    [
      {
        at: 1,
        manufacturer: 'Manufacturer',
        serial: '987654321',
        algorithm: 'sha1',
        digits: 8,
        period: null,
        expires: null,
        counter: 0,
        drift: 0,
        seed,
      },
    ],
  );
  assert.deepEqual(leftOut, [{ at: 2, serial: '987654321', fault: 'algorithm' }]);
});

test('figure 6: AES-128-CBC under a pre-shared key, its MAC key in the file', () => {
  assert.deepEqual(lookAtPskc(figure(6), closed), { openedBy: 'pre-shared-key', packages: 1 });
  const { tokens } = readPskc(figure(6), closed, '12345678901234567890123456789012', now);
  assert.equal(Buffer.from(tokens[0]?.secret ?? []).toString('hex'), seed);
  assert.throws(() => readPskc(figure(6), closed, '22345678901234567890123456789012', now), { fault: 'key-wrong' });
  assert.throws(() => readPskc(figure(6), closed, '1234', now), { fault: 'key-shape' });
  assert.throws(() => readPskc(figure(6), closed, undefined, now), { fault: 'key-needed' });
});

test('figure 7: a key derived from a passphrase', () => {
  assert.deepEqual(lookAtPskc(figure(7), closed), { openedBy: 'passphrase', packages: 1 });
  const { tokens, leftOut } = readPskc(figure(7), closed, 'qwerty', now);
  assert.deepEqual(leftOut, []);
  assert.equal(Buffer.from(tokens[0]?.secret ?? []).toString('hex'), seed);
  assert.throws(() => readPskc(figure(7), closed, 'qwertz', now), { fault: 'key-wrong' });
});

test('figure 10: of many packages those whose time is over are named one by one', () => {
  const then = new Date('2006-05-15T00:00:00Z');
  const { tokens, leftOut } = readPskc(figure(10), open, undefined, then);
  assert.deepEqual(
    tokens.map(({ serial, expires }) => [serial, expires?.toISOString()]),
    ['654321', '123456'].map((serial) => [serial, '2006-05-31T00:00:00.000Z']),
  );
  assert.deepEqual(
    leftOut.map(({ at, fault }) => [at, fault]),
    [
      [3, 'expired'],
      [4, 'expired'],
    ],
  );
  assert.equal(readPskc(figure(10), open, undefined, now).tokens.length, 0);
  assert.deepEqual(
    readPskc(figure(10), open, undefined, new Date('2006-04-15T00:00:00Z')).leftOut.map(({ fault }) => fault),
    ['policy', 'policy', 'expired'],
    'nor before its time begins',
  );
});
