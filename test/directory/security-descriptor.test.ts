import assert from 'node:assert/strict';
import { test } from 'node:test';
import { access, controlRights, mayUseRight } from '#activities/directory/may-use-right.ts';
import { readSecurityDescriptor } from '#activities/directory/security-descriptor.ts';
import type { AccessEntry } from '#domain/directory-rights.ts';

const me = 'S-1-5-21-1-2-3-1103';
const group = 'S-1-5-21-1-2-3-2000';
const reset = { mask: access.controlAccess, objectType: controlRights.resetPassword };
const entry = (over: Partial<AccessEntry> = {}): AccessEntry => ({
  kind: 'allow',
  conditional: false,
  inherited: false,
  inheritOnly: false,
  below: false,
  belowClass: undefined,
  mask: access.controlAccess,
  objectType: controlRights.resetPassword,
  sid: me,
  ...over,
});
const ask = (...entries: AccessEntry[]) => mayUseRight({ inheritsNothing: false, entries }, new Set([me, group]), reset);

test('the first entry that speaks of a right decides', () => {
  assert.equal(ask(), 'no');
  assert.equal(ask(entry()), 'yes');
  assert.equal(ask(entry({ sid: group, objectType: undefined })), 'yes', 'every extended right, by a group');
  assert.equal(ask(entry({ kind: 'deny' }), entry()), 'no');
  assert.equal(ask(entry(), entry({ kind: 'deny' })), 'yes');
  assert.equal(ask(entry({ mask: 0x10000000, objectType: undefined })), 'yes', 'full control');
});

test('entries about somebody else, something else or something below say nothing', () => {
  assert.equal(ask(entry({ sid: 'S-1-5-21-1-2-3-9' })), 'no');
  assert.equal(ask(entry({ objectType: controlRights.replicate })), 'no');
  assert.equal(ask(entry({ inheritOnly: true })), 'no');
  assert.equal(ask(entry({ mask: access.writeProperty })), 'no');
});

test('an entry with a condition leaves it open, unless one without decides the same', () => {
  assert.equal(ask(entry({ conditional: true })), 'perhaps');
  assert.equal(ask(entry({ conditional: true, kind: 'deny' }), entry()), 'perhaps');
  assert.equal(ask(entry({ conditional: true }), entry()), 'yes');
  assert.equal(ask(entry({ conditional: true, kind: 'deny' })), 'no');
});

test('an object without a list is open to everybody, and one with an empty list to nobody', () => {
  const header = (control: number, dacl: number) => {
    const bytes = Buffer.alloc(28);
    bytes.writeUInt8(1, 0);
    bytes.writeUInt16LE(control, 2);
    bytes.writeUInt32LE(dacl, 16);
    bytes.writeUInt8(4, 20);
    bytes.writeUInt16LE(8, 22);
    return bytes;
  };
  assert.equal(mayUseRight(readSecurityDescriptor(header(0x8000, 0)), new Set([me]), reset), 'yes');
  assert.equal(mayUseRight(readSecurityDescriptor(header(0x8004, 20)), new Set([me]), reset), 'no');
  assert.equal(readSecurityDescriptor(header(0x9004, 20)).inheritsNothing, true);
});

test('bytes that are cut off are no list, and are not taken for one', () => {
  const bytes = Buffer.alloc(28);
  bytes.writeUInt16LE(0x8004, 2);
  bytes.writeUInt32LE(20, 16);
  bytes.writeUInt16LE(1, 24);
  assert.throws(() => readSecurityDescriptor(bytes), RangeError);
});
