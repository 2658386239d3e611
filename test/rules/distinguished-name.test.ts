import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { isUnder, parentOf } from '#domain/account.ts';
import { partsOfName } from '#domain/distinguished-name.ts';

test('one name in every spelling is one name', () => {
  const parts = partsOfName('OU=Sales\\, North,DC=bank,DC=test');
  assert.deepEqual(parts, ['ou=sales\\, north', 'dc=bank', 'dc=test']);
  for (const spelled of [
    'ou=SALES\\2C North,dc=Bank,dc=TEST',
    'OU = Sales\\,\\20North , DC=bank ,DC=test',
    'OU=\\53ales\\2c North,DC=bank,DC=test',
  ])
    assert.deepEqual(partsOfName(spelled), parts, spelled);
  assert.deepEqual(partsOfName('CN=semi\\;colon'), partsOfName('CN=semi\\3Bcolon'));
  assert.deepEqual(partsOfName('CN=equal\\=s'), partsOfName('CN=equal\\3Ds'));
  assert.deepEqual(partsOfName('CN=\\D0\\93\\D0\\BE\\D1\\86\\D0\\B5'), partsOfName('CN=Гоце'), 'escaped bytes are UTF-8');
  assert.deepEqual(partsOfName('CN=Zoe\u0308'), partsOfName('CN=Zo\u00eb'));
  assert.notDeepEqual(partsOfName('CN=a\\ '), partsOfName('CN=a '), 'an escaped space at the end belongs to the name');
  assert.notDeepEqual(partsOfName('CN=a\\+SN=b'), partsOfName('CN=a+SN=b'));
  for (const none of ['', 'x', 'CN', 'CN=', '=x', 'CN=a,', ',CN=a', 'CN=a,x']) assert.equal(partsOfName(none), undefined, none);
});

test('a unit holds what lies in it, however both are spelled, and nothing whose own name only looks like it', () => {
  const unit = 'OU=Sales\\; North\\=1,OU=Staff,DC=bank,DC=test';
  const within = 'CN=Ada,OU=Sales\\3B North\\3D1,OU=Staff,DC=bank,DC=test';
  assert.equal(isUnder(within, unit), true);
  assert.equal(isUnder(within, 'ou=staff, dc=bank, dc=test'), true);
  assert.equal(isUnder(unit, unit), true);
  assert.equal(isUnder('OU=Staff,DC=bank,DC=test', unit), false);
  for (const outside of ['CN=x\\,OU\\=Staff,DC=bank,DC=test', 'CN=x\\,OU=Staff,DC=bank,DC=test', 'CN=x\\2COU=Staff,DC=bank,DC=test'])
    assert.equal(isUnder(outside, 'OU=Staff,DC=bank,DC=test'), false, outside);
  assert.equal(isUnder('no name at all, really', 'DC=bank,DC=test'), false);
  assert.equal(parentOf(within), 'OU=Sales\\3B North\\3D1,OU=Staff,DC=bank,DC=test');
});

/** As RFC 4514 §2.4 lets one write a value: each byte as hexadecimal, or what has to be escaped with a stroke. */
const inHex = (value: string) => [...Buffer.from(value)].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('');
const inStrokes = (value: string) => value.replace(/[\\,+"<>;=#]|^ | $/g, '\\$&').replaceAll('\0', '\\00');

test('whatever stands in a name, its two ways of writing are one, and it lies under its parent alone', () => {
  const value = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }).filter((text) => text.isWellFormed());
  fc.assert(
    fc.property(value, value, (name, other) => {
      const unit = 'OU=Staff,DC=bank,DC=test';
      const [hex, strokes] = [`CN=${inHex(name)},${unit}`, `CN=${inStrokes(name)},${unit}`];
      assert.deepEqual(partsOfName(hex), partsOfName(strokes));
      assert.equal(partsOfName(hex)?.length, 4);
      assert.equal(isUnder(hex, unit), true);
      assert.equal(isUnder(`CN=${inHex(name)},DC=bank,DC=test`, unit), false);
      assert.equal(isUnder(hex, `OU=${inHex(other)},DC=bank,DC=test`), other.normalize('NFC').toLowerCase() === 'staff');
    }),
  );
});
