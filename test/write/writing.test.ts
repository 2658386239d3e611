import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writerBench } from './workbench.ts';

const bench = await writerBench();
const staff = await bench.writer('staff');
const privileged = await bench.writer('privileged');

test('an honest standard reset is written once, bound, and its secret erased', async () => {
  const before = await bench.versions();
  const { asked, password } = await bench.scene('alice.moreau');
  const written = await staff.writePassword(asked);
  assert.equal(written.outcome, 'applied');
  assert.deepEqual(await staff.writePassword(asked), written, 'a repeated call gets the first answer');
  assert.deepEqual(await staff.verifyPassword(asked), { verified: true });
  assert.deepEqual(await staff.verifyPassword(asked), { verified: true });
  assert.deepEqual(await bench.changedSince(before), ['alice.moreau']);
  assert.equal(await bench.bank.says('alice.moreau', password), 'ok');
  assert.equal(await bench.sealedRows(asked.reset), 0);
  assert.deepEqual(await bench.leaves(asked.reset), ['write.started started', 'write.result success', 'write.verified success']);
});

test('an honest privileged reset with two approvals is written once', async () => {
  const before = await bench.versions();
  const { asked, password } = await bench.scene('rosa.klein', { approvals: ['ines.duarte', 'quentin.roux'] });
  assert.equal((await privileged.writePassword(asked)).outcome, 'applied');
  assert.deepEqual(await privileged.verifyPassword(asked), { verified: true });
  assert.deepEqual(await bench.changedSince(before), ['rosa.klein']);
  assert.equal(await bench.bank.says('rosa.klein', password), 'ok');
});

test('a locked account is unlocked by the same change', async () => {
  assert.equal((await bench.bank.account('chen.wei')).locked, true);
  const { asked, password } = await bench.scene('chen.wei', { issuer: 'jonas.berg' });
  assert.equal((await staff.writePassword(asked)).outcome, 'applied');
  assert.deepEqual(await staff.verifyPassword(asked), { verified: true });
  assert.equal(await bench.bank.says('chen.wei', password), 'ok');
});

test('what the directory refuses comes back in words, and the next choice is written', async () => {
  const before = await bench.versions();
  const short = await bench.scene('fatima.noor', { password: 'Short-Pass-1' });
  assert.deepEqual(await staff.writePassword(short.asked), { outcome: 'password-refused', reasons: ['too-short'] });
  assert.deepEqual(await staff.writePassword(short.asked), { outcome: 'password-refused', reasons: ['too-short'] });
  assert.equal(await bench.sealedRows(short.asked.reset), 0);
  await assert.rejects(staff.verifyPassword(short.asked), { name: 'Broken' });

  const sealed = await bench.sealer.seal(bench.apiDb, {
    recipient: 'writer-staff',
    purpose: 'password',
    subject: short.asked.reset,
    run: short.asked.run,
    account: short.asked.account,
    value: { password: 'Long-Enough-Pass-1' },
  });
  const second = await bench.intend({ ...short.asked, ordinal: 2, sealed: sealed.id, digest: sealed.digest });
  assert.equal((await staff.writePassword(second)).outcome, 'applied');
  assert.deepEqual(await staff.verifyPassword(second), { verified: true });
  assert.deepEqual(await bench.changedSince(before), ['fatima.noor']);
});

test('an erased or expired password is chosen again, and nothing was written', async () => {
  const before = await bench.versions();
  const { asked } = await bench.scene('bilal.osman', { seal: { seconds: -1 } });
  assert.deepEqual(await staff.writePassword(asked), { outcome: 'password-expired' });
  const gone = await bench.scene('bilal.osman');
  await bench.owner.sealed.deleteMany({});
  assert.deepEqual(await staff.writePassword(gone.asked), { outcome: 'password-expired' });
  assert.deepEqual(await bench.changedSince(before), []);
});

test('a password that somebody changed after the write is not verified', async () => {
  const { asked } = await bench.scene('mateo.silva');
  assert.equal((await staff.writePassword(asked)).outcome, 'applied');
  const claim = await bench.owner.writeClaim.findUniqueOrThrow({ where: { resetId_ordinal: { resetId: asked.reset, ordinal: 1 } } });
  assert.equal(claim.state, 'applied');
  const { setPassword } = await import('#activities/directory/set-password.ts');
  // Twice, since the directory still accepts the password before the last for a while.
  for (const other of ['Somebody-Elses-1', 'Somebody-Elses-2']) await setPassword(bench.bank.as('administrator'), asked.account, other);
  assert.deepEqual(await staff.verifyPassword(asked), { verified: false });
  assert.equal(await bench.sealedRows(asked.reset), 0);
});
