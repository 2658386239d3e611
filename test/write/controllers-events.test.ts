import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { encodePassword } from '#activities/directory/encode-password.ts';
import { setPassword } from '#activities/directory/set-password.ts';
import { failedSignIns } from '#activities/events/failed-sign-ins.ts';
import { compareDirectory, type Found } from '#activities/reconcile/compare-directory.ts';
import { runCommand } from '#ops/run-command.ts';
import { change } from '../directory/change.ts';
import { freshPassword, writerBench } from './workbench.ts';

/** What a real Samba writes of passwords that were set and of wrong ones, and what is made of it. */
const bench = await writerBench();
const { bank, owner } = bench;
const { serviceAccounts, layout } = bank.install;
const watched = {
  writers: [serviceAccounts.writerStaff.dn, serviceAccounts.writerPrivileged.dn],
  reader: serviceAccounts.reader.dn,
  groups: [],
};
const verifier = bench.database.as('verifier');
const deps = { db: verifier, directory: bank.as('reader'), watched, events: [{ file: layout.events, controller: 'dc1.bank.test' }] };
const staff = await bench.writer('staff');
const typed: string[] = [];

async function look(): Promise<Found> {
  const found = await compareDirectory(deps);
  assert.ok(found, 'nobody else is at it');
  return found;
}

type Raised = { kind: string; account: string | null; about: string | null };

/** What a look after this finds and raises, and the leaves about single accounts. */
async function after(work: () => Promise<unknown>): Promise<{ found: Found; alarms: Raised[]; leaves: string[] }> {
  const [alarms, leaves] = [await owner.alarm.count(), await owner.leaf.count()];
  await work();
  const found = await look();
  const raised = await owner.alarm.findMany({ orderBy: { id: 'asc' }, skip: alarms });
  const rows = await owner.leaf.findMany({ orderBy: { seq: 'asc' }, skip: leaves });
  return {
    found,
    alarms: raised.map(({ kind, account, about }) => ({ kind, account, about })),
    leaves: rows.filter(({ type }) => type === 'directory.unexplained' || type === 'directory.changed-by-owner').map(({ type }) => type),
  };
}

/** As people do at their computer: the old one and the new one, over LDAP. */
async function changeOwn(account: string): Promise<void> {
  const { dn } = await bank.account(account);
  const [old, fresh] = [bank.passwordOf(account), known(freshPassword())];
  const own = bank.asPerson(dn, old);
  const values = [change('delete', 'unicodePwd', [encodePassword(old)]), change('add', 'unicodePwd', [encodePassword(fresh)])];
  await own.write((session) => session.modify(dn, values));
}

async function byAdministrator(account: string): Promise<void> {
  const { guid } = await bank.account(account);
  assert.equal((await setPassword(bank.as('administrator'), guid, known(freshPassword()))).outcome, 'applied');
}

/** With the controller's own tool, which writes into no log of the controller. */
async function byOwnTool(account: string): Promise<void> {
  const args = ['/usr/bin/samba-tool', 'user', 'setpassword', account, '-s', layout.config];
  const set = await runCommand('/usr/bin/python3', args, { input: 'Around-Us-2031-x\nAround-Us-2031-x\n', timeoutMs: 60_000 });
  assert.equal(set.code, 0, set.stderr);
}

function known(password: string): string {
  typed.push(password);
  return password;
}

test('the first look takes what is there and raises nothing', async () => {
  assert.deepEqual((await after(async () => {})).alarms, []);
});

test('a password that its owner changed is no alarm, and a leaf with where it was changed, which the log only commits to', async () => {
  const { found, alarms, leaves } = await after(() => changeOwn('alice.moreau'));
  assert.deepEqual([found.changed, found.byOwner, found.around], [1, 1, 0]);
  assert.deepEqual([alarms, leaves], [[], ['directory.changed-by-owner']]);
  const leaf = await owner.leaf.findFirstOrThrow({ where: { type: 'directory.changed-by-owner' } });
  const body = JSON.parse(leaf.body) as { target: { sid: string }; src: { ip_c: string }; do: { controller: string } };
  assert.equal(body.target.sid, (await bank.account('alice.moreau')).sid);
  assert.equal(body.do.controller, 'dc1.bank.test');
  assert.ok(body.src.ip_c.length > 0 && !leaf.body.includes('127.0.0.1'));
});

test('a password that somebody else set is an alarm each time, and names them and where they sat', async () => {
  for (let time = 0; time < 2; time++) {
    const { found, alarms, leaves } = await after(() => byAdministrator('goran.petrovic'));
    assert.deepEqual([found.around, found.byOwner], [1, 0]);
    assert.deepEqual(leaves, ['directory.unexplained']);
    assert.deepEqual(alarms, [
      {
        kind: 'password-reset-around',
        account: 'Goran Petrović',
        about: 'Set by Administrator from 127.0.0.1, at dc1.bank.test.',
      },
    ]);
  }
});

test('resets of ours have their events too, and nobody is alarmed; one by our writer’s account that is not claimed is found', async () => {
  const { asked, password } = await bench.scene('bilal.osman');
  known(password);
  const ours = await after(async () => {
    assert.equal((await staff.writePassword(asked)).outcome, 'applied');
    assert.deepEqual(await staff.verifyPassword(asked), { verified: true });
  });
  assert.deepEqual([ours.found.ours, ours.alarms, ours.leaves], [1, [], []]);
  const { guid } = await bank.account('nadia.rahman');
  const stolen = await after(() => setPassword(bank.as('writerStaff'), guid, known(freshPassword())));
  assert.deepEqual(
    stolen.alarms.map(({ kind, about }) => [kind, about]),
    [['password-reset-around', 'Set by svc-writer-staff from 127.0.0.1, at dc1.bank.test.']],
  );
});

test('a change of which no event tells waits for one until the next look, and is then what it was without events', async () => {
  const waiting = await after(() => byOwnTool('fatima.noor'));
  assert.deepEqual([waiting.found.changed, waiting.alarms], [0, []]);
  await owner.seenPassword.updateMany({
    where: { unexplainedSince: { not: null } },
    data: { unexplainedSince: new Date(Date.now() - 5 * 60_000) },
  });
  const { found, alarms } = await after(async () => {});
  assert.equal(found.around, 1);
  assert.deepEqual(
    alarms.map(({ kind }) => kind),
    ['passwords-changed-around'],
  );
});

test('of a protected account it is an alarm at once, with what the controller says', async () => {
  const { alarms } = await after(() => byAdministrator('rosa.klein'));
  assert.deepEqual(alarms, [
    { kind: 'password-changed-around', account: 'Rosa Klein', about: 'Set by Administrator from 127.0.0.1, at dc1.bank.test.' },
  ]);
});

test('wrong passwords are counted by where they came from; of names that nobody has nothing is kept', async () => {
  const since = new Date(Date.now() - 1000);
  const { guid } = await bank.account('bilal.osman');
  assert.equal(await bank.says('bilal.osman', known('Not-The-Password-1')), 'wrong');
  assert.equal(await bank.says('bilal.osman', known('Not-The-Password-2')), 'wrong');
  assert.equal(await bank.says(known('Typed-Into-The-Name-7'), known('Not-The-Password-3')), 'wrong');
  const env = { ...process.env, KRB5_CONFIG: layout.krb5, KRB5CCNAME: `FILE:${bank.stateDir}/ccache` };
  await new Promise<void>((done) => {
    const kinit = execFile('kinit', ['bilal.osman@BANK.TEST'], { env }, () => done());
    kinit.stdin?.end(`${known('Not-The-Password-4')}\n`);
  });
  await look();
  const failed = await failedSignIns(verifier, guid, since);
  assert.deepEqual(
    failed.map(({ from, workstation, controller, count }) => ({ from, workstation, controller, count })),
    [{ from: '127.0.0.1', workstation: null, controller: 'dc1.bank.test', count: 3 }],
  );
  assert.ok(failed[0]!.at.getTime() >= since.getTime());
  assert.deepEqual(await failedSignIns(verifier, guid, new Date(Date.now() + 60_000)), []);
  assert.equal(await owner.failedSignIn.count({ where: { accountGuid: { not: guid } } }), 0);
});

test('no password occurs in what the controller writes, nor in what is kept of it', async () => {
  const lines = readFileSync(layout.events, 'utf8');
  const kept = JSON.stringify([await owner.passwordEvent.findMany(), await owner.failedSignIn.findMany()]);
  const inName = 'Typed-Into-The-Name-7';
  for (const password of [...typed, 'Around-Us-2031-x']) {
    assert.ok(!kept.includes(password), 'kept');
    // What was typed for a name stands in the controller's own log, as a name; none of it is taken.
    if (password !== inName) assert.ok(!lines.includes(password), 'written');
  }
  assert.ok(lines.includes(inName));
});

test('the leaf of a look says how many files were read, taken and refused', async () => {
  await owner.seenController.updateMany({ data: { recordedAt: null } });
  const { events } = await look();
  const leaf = await owner.leaf.findFirstOrThrow({ where: { type: 'directory.reconciled' }, orderBy: { seq: 'desc' } });
  const body = JSON.parse(leaf.body) as { do: { events: Found['events'] } };
  assert.deepEqual(body.do.events, events);
  assert.ok(events.taken >= 9);
  assert.deepEqual([events.files, events.silent, events.refused, events.gaps], [1, 0, 0, 0]);
});
