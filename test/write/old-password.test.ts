import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Attribute, Change } from 'ldapts';
import type { WriteAsked } from '#activities/contract.ts';
import type { Directory } from '#activities/directory/connect.ts';
import { entryReader } from '#activities/directory/entry.ts';
import { setPassword } from '#activities/directory/set-password.ts';
import type { WriterDeps } from '#activities/write/deps.ts';
import { demoDomain } from '#ops/directory/names.ts';
import { writerBench, type Case } from './workbench.ts';

/** An old password that somebody else may know: a throw-away one is written before the chosen one, so that it is two generations back. */
const bench = await writerBench();
const staff = await bench.writer('staff');
const privileged = await bench.writer('privileged');
const administrator = bench.bank.as('administrator');
const unavailable = { name: 'DirectoryUnavailable' };

/** The account has this password, for longer than the one before it is taken. */
async function knownBy(name: string, password: string): Promise<void> {
  const { guid } = await bench.bank.account(name);
  for (const one of ['Before-The-Last-1', password]) await setPassword(administrator, guid, one);
}

/** The same value with the intent of the chosen password, as the workflow asks for it after the throw-away one. */
const chosenOf = ({ reset, run, account, sealed, digest }: WriteAsked, ordinal = 2): Promise<WriteAsked> =>
  bench.intend({ reset, run, account, sealed, digest, ordinal });

const ending = (name: string, options: Parameters<typeof bench.scene>[1] = {}): Promise<Case> =>
  bench.scene(name, { ...options, endOldPassword: true });

async function writerThrough(around: (modify: () => Promise<void>) => Promise<void>, more: Partial<WriterDeps> = {}) {
  const directory = bench.directoryWith('staff', around);
  return bench.writer('staff', { directory, directoryOn: () => directory, ...more });
}

const aMinuteLater = (reset: string) =>
  bench.owner.$executeRaw`UPDATE write_claim SET claimed_at = claimed_at - interval '1 minute' WHERE reset_id = ${reset}::uuid`;

test('without it the old password is still taken by a simple bind: what the two writes are for', async () => {
  await knownBy('alice.moreau', 'Stolen-Before-1');
  const { asked, password } = await bench.scene('alice.moreau');
  assert.equal((await staff.writePassword(asked)).outcome, 'applied');
  assert.deepEqual(await staff.verifyPassword(asked), { verified: true });
  assert.equal(await bench.bank.says('alice.moreau', password), 'ok');
  assert.equal(await bench.bank.says('alice.moreau', 'Stolen-Before-1'), 'ok', "for Samba's hour");
});

test('a standard account: two writes, each with its own claim and its own leaves, and the old password is refused at once', async () => {
  await knownBy('bilal.osman', 'Stolen-Before-2');
  const before = await bench.versions();
  const { asked, password } = await ending('bilal.osman');
  const thrown = await staff.writePassword(asked);
  assert.equal(thrown.outcome, 'applied');
  assert.deepEqual(await staff.writePassword(asked), thrown, 'a repeated call gets the first answer');
  assert.deepEqual(await bench.changedSince(before), ['bilal.osman']);
  assert.equal(await bench.sealedRows(asked.reset), 1, 'the chosen one is still to be written');
  assert.notEqual(await bench.bank.says('bilal.osman', password), 'ok', 'it is not the chosen one that was set');

  const chosen = await chosenOf(asked);
  assert.equal((await staff.writePassword(chosen)).outcome, 'applied');
  assert.deepEqual(await staff.verifyPassword(chosen), { verified: true });
  assert.deepEqual(await bench.changedSince(before), ['bilal.osman', 'bilal.osman'], 'two writes, one each');
  assert.equal(await bench.bank.says('bilal.osman', password), 'ok');
  assert.equal(await bench.bank.says('bilal.osman', 'Stolen-Before-2'), 'wrong');
  assert.equal(await bench.sealedRows(asked.reset), 0);
  assert.deepEqual(await bench.leaves(asked.reset), [
    'write.started started',
    'write.result success',
    'write.started started',
    'write.result success',
    'write.verified success',
  ]);
  const said = await bench.owner.leaf.findMany({
    where: { resetId: asked.reset, type: { startsWith: 'write.' } },
    orderBy: { seq: 'asc' },
  });
  const facts = said.map(({ body }) => (JSON.parse(body) as { do: Record<string, unknown> }).do);
  assert.deepEqual(
    facts.map((fact) => [fact['ordinal'], fact['endOldPassword'] ?? false]),
    [
      [1, true],
      [1, true],
      [2, false],
      [2, false],
      [2, false],
    ],
  );
  assert.equal(facts[2]?.['version'], facts[1]?.['version'], 'the chosen one is written over the throw-away one and nothing else');
});

test('a protected account: the same by its own writer', async () => {
  await knownBy('rosa.klein', 'Stolen-Before-Privileged-3');
  const before = await bench.versions();
  const { asked, password } = await ending('rosa.klein', { approvals: ['ines.duarte', 'quentin.roux'] });
  assert.equal((await privileged.writePassword(asked)).outcome, 'applied');
  const chosen = await chosenOf(asked);
  assert.equal((await privileged.writePassword(chosen)).outcome, 'applied');
  assert.deepEqual(await privileged.verifyPassword(chosen), { verified: true });
  assert.deepEqual(await bench.changedSince(before), ['rosa.klein', 'rosa.klein']);
  assert.equal(await bench.bank.says('rosa.klein', password), 'ok');
  assert.equal(await bench.bank.says('rosa.klein', 'Stolen-Before-Privileged-3'), 'wrong');
});

test('a minimum age and a history do not stop the second write', async () => {
  const names = ['minPwdAge', 'pwdHistoryLength'];
  const [domain] = await administrator.read((session) => session.search(demoDomain.baseDn, { scope: 'base', attributes: names }));
  const usual = names.map((name) => domain?.text(name) ?? assert.fail(name));
  const rules = async (values: readonly string[]) => {
    const changes = names.map(
      (type, at) => new Change({ operation: 'replace', modification: new Attribute({ type, values: [values[at] ?? ''] }) }),
    );
    await administrator.write((session) => session.modify(demoDomain.baseDn, changes));
  };
  const before = await bench.versions();
  await rules([String(-86_400n * 10_000_000n), '24']);
  try {
    const { asked, password } = await ending('goran.petrovic');
    assert.equal((await staff.writePassword(asked)).outcome, 'applied');
    const chosen = await chosenOf(asked);
    assert.equal((await staff.writePassword(chosen)).outcome, 'applied');
    assert.deepEqual(await staff.verifyPassword(chosen), { verified: true });
    assert.equal(await bench.bank.says('goran.petrovic', password), 'ok');
  } finally {
    await rules(usual);
  }
  assert.deepEqual(await bench.changedSince(before), ['goran.petrovic', 'goran.petrovic']);
});

test('who chooses the very password that has to die is asked for another, and nothing was changed', async () => {
  await knownBy('fatima.noor', 'The-Very-Old-Password-4');
  const before = await bench.versions();
  const { asked } = await ending('fatima.noor', { password: 'The-Very-Old-Password-4' });
  assert.deepEqual(await staff.writePassword(asked), { outcome: 'password-refused', reasons: ['used-before'] });
  assert.deepEqual(await bench.changedSince(before), []);
  assert.equal(await bench.sealedRows(asked.reset), 0);
});

test('the same of an account that is locked, which tells nobody: seen once the throw-away password is set', async () => {
  await knownBy('chen.wei', 'The-Very-Old-Password-5');
  await lockAgain('chen.wei');
  const { asked } = await ending('chen.wei', { password: 'The-Very-Old-Password-5', issuer: 'jonas.berg' });
  assert.equal((await staff.writePassword(asked)).outcome, 'applied');
  const chosen = await chosenOf(asked);
  assert.deepEqual(await staff.writePassword(chosen), { outcome: 'password-refused', reasons: ['used-before'] });
});

test('the second write is refused: the next choice is written over the throw-away password, with no third one', async () => {
  const before = await bench.versions();
  const { asked } = await ending('mateo.silva', { password: 'Short-1' });
  assert.equal((await staff.writePassword(asked)).outcome, 'applied');
  assert.deepEqual(await staff.writePassword(await chosenOf(asked)), { outcome: 'password-refused', reasons: ['too-short'] });
  assert.equal(await bench.sealedRows(asked.reset), 0);

  const sealedAgain = async (): Promise<typeof asked> => {
    const { id, digest } = await bench.sealer.seal(bench.apiDb, {
      recipient: 'writer-staff',
      purpose: 'password',
      subject: asked.reset,
      run: asked.run,
      account: asked.account,
      value: { password: 'Long-Enough-Pass-1', endOldPassword: true },
    });
    return { ...asked, sealed: id, digest };
  };
  const third = await bench.intend({ ...(await sealedAgain()), ordinal: 3 });
  assert.deepEqual(await staff.writePassword(third), { outcome: 'refused', code: 'account-changed' });
  const chosen = await chosenOf(await sealedAgain(), 4);
  assert.equal((await staff.writePassword(chosen)).outcome, 'applied');
  assert.deepEqual(await staff.verifyPassword(chosen), { verified: true });
  assert.deepEqual(await bench.changedSince(before), ['mateo.silva', 'mateo.silva']);
});

test('nobody but the claimant ends a password: neither a worker that adds it, nor one that leaves it out', async () => {
  const before = await bench.versions();
  const plain = await bench.scene('jonas.berg');
  const added = await bench.intend({ ...plain.asked, endOldPassword: true as const });
  assert.deepEqual(await staff.writePassword(added), { outcome: 'refused', code: 'evidence-missing' });
  const wanted = await ending('jonas.berg');
  assert.deepEqual(await staff.writePassword(await chosenOf(wanted.asked, 1)), { outcome: 'refused', code: 'evidence-missing' });
  const other = await ending('jonas.berg');
  assert.deepEqual(await staff.writePassword({ ...(await chosenOf(other.asked, 1)), endOldPassword: true }), {
    outcome: 'refused',
    code: 'intent-not-witnessed',
  });
  assert.deepEqual(await bench.changedSince(before), []);
});

test('a throw-away password is not verified, which would erase the chosen one, and not written twice', async () => {
  const before = await bench.versions();
  const { asked } = await ending('karim.haddad');
  assert.equal((await staff.writePassword(asked)).outcome, 'applied');
  await assert.rejects(staff.verifyPassword(asked), { name: 'Broken' });
  const { reset, run, account, ordinal, intent, sealed, digest } = asked;
  await assert.rejects(staff.verifyPassword({ reset, run, account, ordinal, intent, sealed, digest }), { name: 'Broken' });
  const twice = await bench.intend({ ...asked, ordinal: 2 });
  assert.deepEqual(await staff.writePassword(twice), { outcome: 'refused', code: 'account-changed' });
  assert.deepEqual(await bench.changedSince(before), ['karim.haddad']);
});

test('killed after the throw-away password was set and before anybody heard of it: the writer makes the same one, and finds it', async () => {
  await knownBy('lena.fischer', 'Stolen-Before-6');
  const before = await bench.versions();
  const { asked, password } = await ending('lena.fischer');
  const dying = await writerThrough(async (modify) => {
    await modify();
    throw new Error('killed');
  });
  await assert.rejects(dying.writePassword(asked), unavailable);
  await aMinuteLater(asked.reset);
  assert.equal((await staff.writePassword(asked)).outcome, 'applied');
  assert.deepEqual(await bench.changedSince(before), ['lena.fischer'], 'it was not written again');
  const chosen = await chosenOf(asked);
  assert.equal((await staff.writePassword(chosen)).outcome, 'applied');
  assert.deepEqual(await staff.verifyPassword(chosen), { verified: true });
  assert.deepEqual(await bench.changedSince(before), ['lena.fischer', 'lena.fischer']);
  assert.equal(await bench.bank.says('lena.fischer', password), 'ok');
  assert.equal(await bench.bank.says('lena.fischer', 'Stolen-Before-6'), 'wrong');
});

test('killed before the second write came to the wire: written once, over the throw-away password', async () => {
  await knownBy('nadia.rahman', 'Stolen-Before-7');
  const before = await bench.versions();
  const { asked } = await ending('nadia.rahman');
  assert.equal((await staff.writePassword(asked)).outcome, 'applied');
  const chosen = await chosenOf(asked);
  const dying = await writerThrough(() => Promise.reject(new Error('killed')));
  await assert.rejects(dying.writePassword(chosen), unavailable);
  await aMinuteLater(asked.reset);
  assert.equal((await staff.writePassword(chosen)).outcome, 'applied');
  assert.deepEqual(await staff.verifyPassword(chosen), { verified: true });
  assert.deepEqual(await bench.changedSince(before), ['nadia.rahman', 'nadia.rahman']);
  assert.equal(await bench.bank.says('nadia.rahman', 'Stolen-Before-7'), 'wrong');
});

test('somebody who sets a password in the place of the throw-away one, or after it, ends the reset: nothing is written over theirs', async () => {
  const before = await bench.versions();
  const lost = await ending('helena.voss');
  const elsewhere = await writerThrough(async () => {
    await setPassword(administrator, lost.asked.account, 'Somebody-Elses-1');
    throw new Error('killed');
  });
  await assert.rejects(elsewhere.writePassword(lost.asked), unavailable);
  await aMinuteLater(lost.asked.reset);
  assert.deepEqual(await staff.writePassword(lost.asked), { outcome: 'refused', code: 'account-changed' });

  const { asked } = await ending('oskar.lindqvist');
  assert.equal((await staff.writePassword(asked)).outcome, 'applied');
  await setPassword(administrator, asked.account, 'Somebody-Elses-2');
  assert.deepEqual(await staff.writePassword(await chosenOf(asked)), { outcome: 'refused', code: 'account-changed' });
  assert.deepEqual((await bench.changedSince(before)).toSorted(), ['helena.voss', 'oskar.lindqvist', 'oskar.lindqvist']);
});

test('at a controller that lists policy hints an ordinary write asks for them, and neither of the two does, since the second would be too young', async () => {
  const asked: number[] = [];
  const { directory } = await bench.depsOf('staff');
  const listing: Directory = {
    ...directory,
    write: (work) =>
      directory.write((session) =>
        work({
          ...session,
          search: async (base, search) =>
            base === '' && search.attributes.includes('supportedControl') ? [LISTS_HINTS] : session.search(base, search),
          modify: (target, changes, controls = []) => {
            asked.push(controls.length);
            return session.modify(target, changes);
          },
        }),
      ),
  };
  const windows = await bench.writer('staff', { directory: listing, directoryOn: () => listing });
  await windows.writePassword((await bench.scene('alice.moreau')).asked);
  const { asked: two } = await ending('bilal.osman');
  await windows.writePassword(two);
  assert.equal((await windows.writePassword(await chosenOf(two))).outcome, 'applied');
  assert.deepEqual(asked, [1, 0, 0]);
});

/** What a Windows controller says of itself among other things. */
const LISTS_HINTS = entryReader({ dn: '', supportedControl: ['1.2.840.113556.1.4.2239'] });

async function lockAgain(name: string): Promise<void> {
  for (let tries = 0; tries < 12 && (await bench.bank.says(name, 'not-it')) !== 'locked'; tries++);
  assert.equal((await bench.bank.account(name)).locked, true);
}
