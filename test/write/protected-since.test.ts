import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setPassword } from '#activities/directory/set-password.ts';
import type { WriterDeps } from '#activities/write/deps.ts';
import { addValues, change } from '../directory/change.ts';
import { lockOut } from '../support/lock-out.ts';
import { writerBench } from './workbench.ts';

/** An account becomes a Domain Admin, or stops being one, after it was judged and before the change is on the wire. */
const bench = await writerBench();
const administrator = bench.bank.as('administrator');
/** The last of five groups, the first of which is in Domain Admins. */
const group = 'CN=Nightly Batch Operators,OU=Groups,DC=bank,DC=test';
const dn = async (account: string) => (await bench.bank.account(account)).dn;
const enters = async (account: string) => addValues(administrator, group, 'member', await dn(account));
const leaves = async (account: string) => {
  const member = await dn(account);
  await administrator.write((session) => session.modify(group, [change('delete', 'member', [member])]));
};

/** A writer to which something happens in the last moment: after everything was judged and claimed, before the connection is written on. */
async function overtaken(writerClass: WriterDeps['writerClass'], happens: () => Promise<void>) {
  const { directory } = await bench.depsOf(writerClass);
  const late = {
    ...directory,
    write: async <T>(work: Parameters<typeof directory.write<T>>[0]) => (await happens(), directory.write(work)),
  };
  return bench.writer(writerClass, { directory: late, directoryOn: () => late });
}

test('who became a Domain Admin between judgement and wire gets no password from the staff writer, though Samba would let it', async () => {
  const before = await bench.versions();
  const { asked } = await bench.scene('alice.moreau');
  const writer = await overtaken('staff', () => enters('alice.moreau'));
  assert.deepEqual(await writer.writePassword(asked), { outcome: 'refused', code: 'account-changed' });
  assert.deepEqual(await bench.changedSince(before), []);
  assert.deepEqual(await bench.leaves(asked.reset), ['write.started started', 'write.refused denied']);
  const directly = await setPassword(bench.bank.as('writerStaff'), asked.account, 'Entirely-Other-77');
  assert.equal(directly.outcome, 'applied', 'the right is there: our own check stood in');
  await leaves('alice.moreau');
});

test('nor is their lockout ended', async () => {
  await lockOut(administrator, (await bench.bank.account('bilal.osman')).guid);
  const { asked } = await bench.scene('bilal.osman', { operation: 'unlock' });
  const unlock = await bench.unlocking(asked);
  const writer = await overtaken('staff', () => enters('bilal.osman'));
  assert.deepEqual(await writer.unlockAccount(unlock), { outcome: 'refused', code: 'account-changed' });
  assert.equal((await bench.bank.account('bilal.osman')).locked, true);
  await leaves('bilal.osman');
});

test('nor is it ended after the write, when guesses locked the account before its new password was tried', async () => {
  const { asked } = await bench.scene('goran.petrovic');
  const staff = await bench.writer('staff');
  assert.equal((await staff.writePassword(asked)).outcome, 'applied');
  await lockOut(administrator, asked.account);
  await enters('goran.petrovic');
  await assert.rejects(staff.verifyPassword(asked), { name: 'DirectoryUnavailable' });
  assert.equal((await bench.bank.account('goran.petrovic')).locked, true);
  await leaves('goran.petrovic');
  assert.deepEqual(await staff.verifyPassword(asked), { verified: true }, 'and once it is ours again, it is');
});

test('who is no administrator any more is not written by the privileged writer', async () => {
  const before = await bench.versions();
  const { asked } = await bench.scene('samir.khan', { approvals: ['ines.duarte', 'quentin.roux'] });
  const writer = await overtaken('privileged', () => leaves('samir.khan'));
  assert.deepEqual(await writer.writePassword(asked), { outcome: 'refused', code: 'account-changed' });
  assert.deepEqual(await bench.changedSince(before), []);
});
