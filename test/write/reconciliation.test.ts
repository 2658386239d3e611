import assert from 'node:assert/strict';
import { cpSync, rmSync } from 'node:fs';
import { test } from 'node:test';
import { compareDirectory, type Found } from '#activities/reconcile/compare-directory.ts';
import { setPassword } from '#activities/directory/set-password.ts';
import { runCommand } from '#ops/run-command.ts';
import { addValues } from '../directory/change.ts';
import { freshPassword, writerBench } from './workbench.ts';

/** The directory beside what was recorded: real resets by our writer, and everything that goes around it. */
const bench = await writerBench();
const { bank, owner } = bench;
const { writerStaff, writerPrivileged, reader } = bank.install.serviceAccounts;
const watched = { writers: [writerStaff.dn, writerPrivileged.dn], reader: reader.dn, groups: [] };
const deps = { db: bench.database.as('verifier'), directory: bank.as('reader'), watched, events: [] };
const staff = await bench.writer('staff');

async function look(): Promise<Found> {
  const found = await compareDirectory(deps);
  assert.ok(found, 'nobody else is at it');
  return found;
}
const counts = ({ changed, ours, around, missing, newMembers }: Found) => ({ changed, ours, around, missing, newMembers });
const NOTHING = { changed: 0, ours: 0, around: 0, missing: 0, newMembers: 0 };

/** Alarms raised since, each with the leaves of what is unexplained. */
async function raisedBy(
  work: () => Promise<unknown>,
): Promise<{ alarms: string[]; leaves: { reason: string | null; sid: string; do: Record<string, unknown> }[] }> {
  const [alarms, leaves] = [await owner.alarm.count(), await owner.leaf.count({ where: { type: 'directory.unexplained' } })];
  await work();
  const rows = await owner.leaf.findMany({ where: { type: 'directory.unexplained' }, orderBy: { seq: 'asc' }, skip: leaves });
  return {
    alarms: (await owner.alarm.findMany({ orderBy: { id: 'asc' }, skip: alarms })).map(({ kind }) => kind),
    leaves: rows.map(({ reason, body }) => {
      const read = JSON.parse(body) as { target?: { sid: string }; do: Record<string, unknown> };
      return { reason, sid: read.target?.sid ?? '', do: read.do };
    }),
  };
}

/** A whole reset by the writer; answers it. */
async function reset(account: string): Promise<{ reset: string; password: string }> {
  const { asked, password } = await bench.scene(account);
  assert.equal((await staff.writePassword(asked)).outcome, 'applied');
  assert.deepEqual(await staff.verifyPassword(asked), { verified: true });
  return { reset: asked.reset, password };
}

/** With the controller's own tool, as its administrator does at its console. */
async function byOwnTool(account: string): Promise<void> {
  const set = await runCommand(
    '/usr/bin/python3',
    ['/usr/bin/samba-tool', 'user', 'setpassword', account, '-s', bank.install.layout.config],
    { input: 'Around-Us-2031-x\nAround-Us-2031-x\n', timeoutMs: 60_000 },
  );
  assert.equal(set.code, 0, set.stderr);
}

test('the first look notes what is there, by the metadata that the reading account may see; the next finds nothing', async () => {
  const first = await look();
  assert.deepEqual([first.whole, counts(first)], [true, NOTHING]);
  assert.ok((await owner.seenPassword.count()) > 20);
  assert.equal(await owner.seenPassword.count({ where: { version: null } }), 0);
  const next = await look();
  assert.deepEqual([next.whole, counts(next)], [false, NOTHING]);
});

test('resets of ours are explained, also two of one account between two looks', async () => {
  const { alarms } = await raisedBy(async () => {
    await reset('alice.moreau');
    await reset('bilal.osman');
    await reset('bilal.osman');
    assert.deepEqual(counts(await look()), { ...NOTHING, changed: 2, ours: 2 });
  });
  assert.deepEqual(alarms, []);
  assert.deepEqual(counts(await look()), NOTHING);
});

test('an old password that was ended by two writes is explained by both, also when a look comes between them', async () => {
  const { alarms } = await raisedBy(async () => {
    const { asked } = await bench.scene('karim.haddad', { endOldPassword: true });
    assert.equal((await staff.writePassword(asked)).outcome, 'applied');
    assert.deepEqual(counts(await look()), { ...NOTHING, changed: 1, ours: 1 });
    const { reset: id, run, account, sealed, digest } = asked;
    const chosen = await bench.intend({ reset: id, run, account, sealed, digest, ordinal: 2 });
    assert.equal((await staff.writePassword(chosen)).outcome, 'applied');
    assert.deepEqual(await staff.verifyPassword(chosen), { verified: true });
    assert.deepEqual(counts(await look()), { ...NOTHING, changed: 1, ours: 1 });
  });
  assert.deepEqual(alarms, []);
});

test('a reset with the controller’s own tool is found, named and an alarm; many of one hour are one alarm with a leaf each', async () => {
  const [goran, alice] = [await bank.account('goran.petrovic'), await bank.account('alice.moreau')];
  const { alarms, leaves } = await raisedBy(async () => {
    await byOwnTool('goran.petrovic');
    assert.deepEqual(counts(await look()), { ...NOTHING, changed: 1, around: 1 });
    await byOwnTool('alice.moreau');
    assert.deepEqual(counts(await look()), { ...NOTHING, changed: 1, around: 1 });
  });
  assert.ok(alarms.length <= 2 && alarms.every((kind) => kind === 'passwords-changed-around') && alarms.length > 0, alarms.join());
  assert.deepEqual(
    leaves.map(({ reason, sid, do: { around } }) => [reason, sid, around]),
    [
      ['passwords-changed-around', goran.sid, 1],
      ['passwords-changed-around', alice.sid, 1],
    ],
  );
  assert.deepEqual(counts(await look()), NOTHING, 'once');
});

test('one around us hides neither before nor behind one of ours', async () => {
  for (const order of [
    ['ours', 'theirs'],
    ['theirs', 'ours'],
  ] as const) {
    const { leaves } = await raisedBy(async () => {
      for (const who of order) await (who === 'ours' ? reset('nadia.rahman') : byOwnTool('nadia.rahman'));
      assert.equal((await look()).around, 1, order.join());
    });
    assert.deepEqual(
      leaves.map(({ do: { around } }) => around),
      [1],
    );
  }
});

test('of a protected account each is an alarm of its own', async () => {
  const { alarms } = await raisedBy(async () => {
    const { guid } = await bank.account('rosa.klein');
    for (let time = 0; time < 2; time++) {
      assert.equal((await setPassword(bank.as('administrator'), guid, freshPassword())).outcome, 'applied');
      await look();
    }
  });
  assert.deepEqual(alarms, ['password-changed-around', 'password-changed-around']);
  const [alarm] = await owner.alarm.findMany({ where: { kind: 'password-changed-around' } });
  assert.equal(alarm?.account, 'Rosa Klein', 'whoever is called reads whose it is');
  assert.equal(await owner.leaf.count({ where: { body: { contains: 'Rosa' } } }), 0, 'and the log does not');
});

test('a write that is on its way is nobody’s yet, and ours when it is settled; one that is on its way for too long hides nothing', async () => {
  const { reset: id } = await reset('alice.moreau');
  const claim = { where: { resetId: id } };
  const { pwdLastSetAfter } = await owner.writeClaim.findFirstOrThrow(claim);
  await owner.writeClaim.updateMany({ ...claim, data: { state: 'claimed', pwdLastSetAfter: null } });
  const { alarms } = await raisedBy(async () => {
    assert.deepEqual(counts(await look()), NOTHING);
    await owner.writeClaim.updateMany({ ...claim, data: { state: 'verified', pwdLastSetAfter } });
    // The controller’s count has moved on; the account has not changed since, and is looked at all the same.
    assert.deepEqual(counts(await look()), { ...NOTHING, changed: 1, ours: 1 });
  });
  assert.deepEqual(alarms, []);
  const { reset: stuck } = await reset('alice.moreau');
  const old = new Date(Date.now() - 16 * 60_000);
  await owner.writeClaim.updateMany({ where: { resetId: stuck }, data: { state: 'claimed', claimedAt: old, pwdLastSetAfter: null } });
  assert.equal((await look()).around, 1);
  await owner.writeClaim.deleteMany({ where: { resetId: stuck } });
});

test('a new member of a protected group is an alarm, through another group too', async () => {
  const admin = bank.as('administrator');
  const alice = await bank.account('alice.moreau');
  const { alarms, leaves } = await raisedBy(async () => {
    await addValues(admin, 'CN=Treasury Dealers,OU=Groups,DC=bank,DC=test', 'member', alice.dn);
    assert.equal((await look()).newMembers, 0);
    await addValues(admin, 'CN=Backup Operators,CN=Builtin,DC=bank,DC=test', 'member', 'CN=Treasury Dealers,OU=Groups,DC=bank,DC=test');
    assert.ok((await look()).newMembers >= 1);
  });
  assert.ok(alarms.length >= 1 && alarms.every((kind) => kind === 'protected-member-added'));
  assert.ok(leaves.some(({ sid, do: { group } }) => sid === alice.sid && group === 'S-1-5-32-551'));
  assert.equal((await look()).newMembers, 0);
});

test('a write of ours that the directory never shows is an alarm once its time is over', async () => {
  const { guid } = await bank.account('fatima.noor');
  const facts = {
    resetId: '01900000-0000-7000-8000-000000000001',
    ordinal: 1,
    accountGuid: guid,
    digest: '0'.repeat(64),
    controller: 'ldaps://gone',
  };
  const stamps = { pwdLastSetBefore: '133000000000000000', pwdLastSetAfter: '133000000000000001' };
  await owner.writeClaim.create({ data: { ...facts, ...stamps, state: 'verified', settledAt: new Date() } });
  assert.equal((await look()).missing, 0, 'replication may take its time');
  await owner.writeClaim.updateMany({ where: { resetId: facts.resetId }, data: { settledAt: new Date(Date.now() - 16 * 60_000) } });
  const { alarms } = await raisedBy(async () => {
    assert.equal((await look()).missing, 1);
    assert.equal((await look()).missing, 0, 'once');
  });
  assert.deepEqual(alarms, ['write-missing']);
  await owner.writeClaim.deleteMany({ where: { resetId: facts.resetId } });
});

test('a database of the controller that is put back to an older state is found, and so is the write that it lacks', async () => {
  const folder = bank.install.layout.privateFolder;
  await bank.running.stop();
  cpSync(folder, `${folder}.kept`, { recursive: true, preserveTimestamps: true });
  await bank.restart();
  await reset('bilal.osman');
  assert.equal((await look()).ours, 1);
  await bank.running.stop();
  rmSync(folder, { recursive: true });
  cpSync(`${folder}.kept`, folder, { recursive: true, preserveTimestamps: true });
  await bank.restart();
  const { sid } = await bank.account('bilal.osman');
  const { alarms, leaves } = await raisedBy(async () => {
    const { wentBack, whole } = await look();
    assert.deepEqual([wentBack, whole], [true, true]);
  });
  assert.deepEqual(alarms.toSorted(), ['directory-rolled-back', 'write-missing']);
  assert.ok(leaves.some((leaf) => leaf.reason === 'write-missing' && leaf.sid === sid));
  assert.deepEqual(counts(await look()), NOTHING, 'once');
});

test('one verifier compares at a time, and one that died is not waited for', async () => {
  const both = await Promise.all([compareDirectory(deps), compareDirectory(deps)]);
  assert.equal(both.filter((found) => found !== undefined).length, 1);
  await owner.reconciliation.updateMany({ data: { leaseUntil: new Date(Date.now() + 60_000) } });
  assert.equal(await compareDirectory(deps), undefined);
  await owner.reconciliation.updateMany({ data: { leaseUntil: new Date(Date.now() - 1) } });
  assert.ok(await compareDirectory(deps));
});

test('a controller that does not answer costs nothing that was seen', async () => {
  const before = await owner.seenController.findMany();
  await bank.running.stop();
  await assert.rejects(compareDirectory(deps));
  await bank.restart();
  assert.deepEqual(await owner.seenController.findMany(), before);
  assert.deepEqual(counts(await look()), NOTHING);
});
