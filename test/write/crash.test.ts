import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '#db';
import { setPassword } from '#activities/directory/set-password.ts';
import type { WriterDeps } from '#activities/write/deps.ts';
import { settleLoneStarts } from '#activities/write/sweep.ts';
import { writerBench } from './workbench.ts';

const bench = await writerBench();
const staff = await bench.writer('staff');
const SETTLED_MS = 3200;
const unavailable = { name: 'DirectoryUnavailable' };

/** A writer whose changes pass through `around`; it has the claim's own connection too, as in production. */
async function writerThrough(around: (modify: () => Promise<void>) => Promise<void>, more: Partial<WriterDeps> = {}) {
  const directory = bench.directoryWith('staff', around);
  return bench.writer('staff', { directory, directoryOn: () => directory, ...more });
}

/** A database in which the transaction with this number, counted from now, is lost before it commits, as by a kill. */
async function dyingDatabase(nth: number): Promise<Database> {
  const { db } = await bench.depsOf('staff');
  let count = 0;
  return new Proxy(db, {
    get(target, property) {
      if (property !== '$transaction') return Reflect.get(target, property) as unknown;
      return (work: Parameters<Database['$transaction']>[0]) => {
        count += 1;
        if (count === nth) return Promise.reject(new Error('killed'));
        return (target.$transaction as (w: unknown) => Promise<unknown>)(work);
      };
    },
  });
}

const stateOf = async (reset: string) => (await bench.owner.writeClaim.findMany({ where: { resetId: reset } })).map((row) => row.state);

test('killed between the claim and the change: read back, then written exactly once', async () => {
  const before = await bench.versions();
  const { asked, password } = await bench.scene('alice.moreau');
  const dying = await writerThrough(() => Promise.reject(new Error('killed')));
  await assert.rejects(dying.writePassword(asked), unavailable);
  assert.deepEqual(await stateOf(asked.reset), ['claimed']);
  await assert.rejects(staff.writePassword(asked), unavailable, 'too early to tell');
  assert.deepEqual(await bench.changedSince(before), []);
  await sleep(SETTLED_MS);
  assert.equal((await staff.writePassword(asked)).outcome, 'applied');
  assert.deepEqual(await staff.verifyPassword(asked), { verified: true });
  assert.deepEqual(await bench.changedSince(before), ['alice.moreau']);
  assert.equal(await bench.bank.says('alice.moreau', password), 'ok');
  assert.deepEqual(await bench.leaves(asked.reset), [
    'write.started started',
    'write.result failure',
    'write.started started',
    'write.result success',
    'write.verified success',
  ]);
});

test('the answer was lost after the change was made: found by read-back and one bind, not written again', async () => {
  const before = await bench.versions();
  const { asked } = await bench.scene('bilal.osman');
  const dying = await writerThrough(async (modify) => {
    await modify();
    throw new Error('killed');
  });
  await assert.rejects(dying.writePassword(asked), unavailable);
  await sleep(SETTLED_MS);
  assert.equal((await staff.writePassword(asked)).outcome, 'applied');
  assert.deepEqual(await staff.verifyPassword(asked), { verified: true });
  assert.deepEqual(await bench.changedSince(before), ['bilal.osman']);
});

test('killed after the directory said yes and before anybody wrote it down: the same', async () => {
  const before = await bench.versions();
  const { asked } = await bench.scene('goran.petrovic');
  const dying = await bench.writer('staff', { db: await dyingDatabase(2) });
  await assert.rejects(dying.writePassword(asked), /killed/);
  assert.deepEqual(await stateOf(asked.reset), ['claimed']);
  await sleep(SETTLED_MS);
  assert.equal((await staff.writePassword(asked)).outcome, 'applied');
  assert.deepEqual(await bench.changedSince(before), ['goran.petrovic']);
});

test('killed before the claim commits: nothing stands, and the next attempt writes at once', async () => {
  const before = await bench.versions();
  const { asked } = await bench.scene('mateo.silva');
  const dying = await bench.writer('staff', { db: await dyingDatabase(1) });
  await assert.rejects(dying.writePassword(asked), /killed/);
  assert.equal((await staff.writePassword(asked)).outcome, 'applied');
  assert.deepEqual(await bench.changedSince(before), ['mateo.silva']);
});

test('killed after the bind of the new password and before it was recorded: bound once more, verified', async () => {
  const { asked } = await bench.scene('karim.haddad');
  assert.equal((await staff.writePassword(asked)).outcome, 'applied');
  const dying = await bench.writer('staff', { db: await dyingDatabase(1) });
  await assert.rejects(dying.verifyPassword(asked), /killed/);
  assert.equal(await bench.sealedRows(asked.reset), 1);
  assert.deepEqual(await staff.verifyPassword(asked), { verified: true });
  assert.equal(await bench.sealedRows(asked.reset), 0);
});

test('a writer that slept between claim and wire sends nothing when it wakes, and the next attempt writes', async () => {
  const before = await bench.versions();
  const { asked } = await bench.scene('lena.fischer');
  const { directory } = await bench.depsOf('staff');
  const sleepy = {
    ...directory,
    write: async <T>(work: Parameters<typeof directory.write<T>>[0]) => (await sleep(1500), directory.write(work)),
  };
  const slow = await bench.writer('staff', { directory: sleepy, directoryOn: () => sleepy });
  await assert.rejects(slow.writePassword(asked), unavailable);
  assert.deepEqual(await stateOf(asked.reset), ['unsent']);
  assert.deepEqual(await bench.changedSince(before), []);
  assert.equal((await staff.writePassword(asked)).outcome, 'applied');
  assert.deepEqual(await bench.changedSince(before), ['lena.fischer']);
});

test('eight calls for the same intent at the same time change the password once', async () => {
  const before = await bench.versions();
  const { asked } = await bench.scene('quentin.roux');
  const answers = await Promise.allSettled(Array.from({ length: 8 }, () => staff.writePassword(asked)));
  assert.equal(answers.filter((a) => a.status === 'fulfilled' && a.value.outcome === 'applied').length, 1);
  assert.ok(answers.every((a) => a.status === 'rejected' || a.value.outcome === 'applied'));
  assert.equal((await staff.writePassword(asked)).outcome, 'applied');
  assert.deepEqual(await bench.changedSince(before), ['quentin.roux']);
});

test("an attempt that judged before the other wrote does not take the change for somebody else's", async () => {
  const before = await bench.versions();
  const { asked } = await bench.scene('rosa.klein', { approvals: ['ines.duarte', 'priya.menon'] });
  const { directory } = await bench.depsOf('privileged');
  const privileged = await bench.writer('privileged');
  let written: unknown;
  // The claim was looked for and not found; now the other attempt does the whole write; then the account is read.
  const late = {
    ...directory,
    read: async <T>(work: Parameters<typeof directory.read<T>>[0]) => (
      (written ??= await privileged.writePassword(asked)),
      directory.read(work)
    ),
  };
  const slow = await bench.writer('privileged', { directory: late });
  await assert.rejects(slow.writePassword(asked), unavailable);
  assert.deepEqual(await slow.writePassword(asked), written);
  assert.deepEqual(await privileged.verifyPassword(asked), { verified: true });
  assert.deepEqual(await bench.changedSince(before), ['rosa.klein']);
});

test('somebody else changed the password while our answer was lost: that is not taken for ours', async () => {
  const before = await bench.versions();
  const { asked } = await bench.scene('jonas.berg');
  const dying = await writerThrough(async () => {
    await setPassword(bench.bank.as('administrator'), asked.account, 'Somebody-Elses-1');
    throw new Error('killed');
  });
  await assert.rejects(dying.writePassword(asked), unavailable);
  await sleep(SETTLED_MS);
  assert.deepEqual(await staff.writePassword(asked), { outcome: 'refused', code: 'account-changed' });
  assert.deepEqual(await bench.changedSince(before), ['jonas.berg'], 'the one change is theirs');
  assert.equal(await bench.bank.says('jonas.berg', 'Somebody-Elses-1'), 'ok');
});

test('somebody changed the password between judgement and wire: nothing is sent', async () => {
  const before = await bench.versions();
  const { asked } = await bench.scene('priya.menon');
  const { directory } = await bench.depsOf('staff');
  const overtaken = {
    ...directory,
    async write<T>(work: Parameters<typeof directory.write<T>>[0]) {
      await setPassword(bench.bank.as('administrator'), asked.account, 'Somebody-Elses-2');
      return directory.write(work);
    },
  };
  const slow = await bench.writer('staff', { directory: overtaken, directoryOn: () => overtaken });
  assert.deepEqual(await slow.writePassword(asked), { outcome: 'refused', code: 'account-changed' });
  assert.deepEqual(await bench.changedSince(before), ['priya.menon'], 'the one change is theirs');
});

test('an account that is locked by guesses after the write is unlocked and still verified', async () => {
  const { asked } = await bench.scene('ines.duarte');
  assert.equal((await staff.writePassword(asked)).outcome, 'applied');
  for (let guess = 0; guess < 6; guess++) await bench.bank.says('ines.duarte', `guess-${guess}`);
  assert.equal((await bench.bank.account('ines.duarte')).locked, true);
  assert.deepEqual(await staff.verifyPassword(asked), { verified: true });
});

test('a controller that froze under the change and answers again: its late yes is found, not doubled', async () => {
  const before = await bench.versions();
  const { asked } = await bench.scene('nadia.rahman');
  const signal = (name: 'SIGSTOP' | 'SIGCONT') => bench.bank.running.pids().forEach((pid) => process.kill(pid, name));
  const freezing = await writerThrough(async (modify) => {
    signal('SIGSTOP');
    await modify();
  });
  await assert.rejects(freezing.writePassword(asked), unavailable);
  await bench.owner.$executeRaw`UPDATE write_claim SET claimed_at = claimed_at - interval '1 minute' WHERE reset_id = ${asked.reset}::uuid`;
  await assert.rejects(staff.writePassword(asked), unavailable, 'frozen: nobody can tell');
  signal('SIGCONT');
  // The next attempt comes in the very moment in which the old request is carried out.
  let answer = await staff.writePassword(asked).catch(() => undefined);
  for (let tries = 0; !answer && tries < 10; tries++) {
    await sleep(1000);
    answer = await staff.writePassword(asked).catch(() => undefined);
  }
  assert.equal(answer?.outcome, 'applied');
  assert.deepEqual(await staff.verifyPassword(asked), { verified: true });
  assert.deepEqual(await bench.changedSince(before), ['nadia.rahman']);
});

test('the sweep says what became of lone starts, in both ways', async () => {
  const unmade = await bench.scene('fatima.noor');
  await assert.rejects((await writerThrough(() => Promise.reject(new Error('killed')))).writePassword(unmade.asked), unavailable);
  const made = await bench.scene('helena.voss');
  const lost = await writerThrough(async (modify) => {
    await modify();
    throw new Error('killed');
  });
  await assert.rejects(lost.writePassword(made.asked), unavailable);

  const deps = await bench.depsOf('staff');
  assert.equal(await settleLoneStarts(deps), 0, 'too young: an attempt may still come');
  await bench.owner.$executeRaw`UPDATE write_claim SET claimed_at = claimed_at - interval '1 hour' WHERE state = 'claimed'`;
  assert.equal(await settleLoneStarts(deps), 2);
  assert.equal(await settleLoneStarts(deps), 0);
  assert.deepEqual(await bench.leaves(unmade.asked.reset), ['write.started started', 'write.settled failure']);
  assert.deepEqual(await bench.leaves(made.asked.reset), ['write.started started', 'write.settled unknown']);
  assert.deepEqual(await staff.writePassword(unmade.asked), { outcome: 'password-expired' });
  assert.deepEqual(await staff.writePassword(made.asked), { outcome: 'refused', code: 'write-unknown' });
});
