import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Attribute, Change } from 'ldapts';
import { setPassword } from '#activities/directory/set-password.ts';
import type { Json } from '#evidence/jcs.ts';
import { invocationId } from '#activities/directory/invocation-id.ts';
import { writerBench } from './workbench.ts';

const bench = await writerBench();
const staff = await bench.writer('staff');
const administrator = bench.bank.as('administrator');
const unavailable = { name: 'DirectoryUnavailable' };

const others = (account: string, password: string) => setPassword(administrator, account, password);
const mustChange = (account: string) =>
  administrator.write((session) =>
    session.modify(bench.guidDn(account), [
      new Change({ operation: 'replace', modification: new Attribute({ type: 'pwdLastSet', values: ['0'] }) }),
    ]),
  );

/** A writer that loses its answer: `meanwhile` happens after the change was made, and nobody hears of either. */
async function losing(meanwhile: () => Promise<unknown>) {
  const directory = bench.directoryWith('staff', async (modify) => {
    await modify();
    await meanwhile();
    throw new Error('killed');
  });
  return bench.writer('staff', { directory, directoryOn: () => directory });
}

/** So that what became of it may be looked at. */
const aMinuteLater = (reset: string) =>
  bench.owner.$executeRaw`UPDATE write_claim SET claimed_at = claimed_at - interval '1 minute' WHERE reset_id = ${reset}::uuid`;

async function facts(reset: string, type: string): Promise<Record<string, Json>> {
  const leaf = await bench.owner.leaf.findFirstOrThrow({ where: { resetId: reset, type }, orderBy: { seq: 'desc' } });
  return (JSON.parse(leaf.body) as { do: Record<string, Json> }).do;
}

test('a write says from which version to which the password went, and at which controller, as its administrator sees it', async () => {
  const before = (await bench.versions()).get('alice.moreau') ?? 0;
  const { asked } = await bench.scene('alice.moreau');
  await staff.writePassword(asked);
  assert.deepEqual(await staff.verifyPassword(asked), { verified: true });
  const [started, result] = [await facts(asked.reset, 'write.started'), await facts(asked.reset, 'write.result')];
  const here = await administrator.read(invocationId);
  assert.deepEqual([started['version'], started['invocation']], [before, here]);
  assert.deepEqual([result['versionBefore'], result['version'], result['originating']], [before, before + 1, here]);
  assert.equal((await bench.versions()).get('alice.moreau'), before + 1);
});

test('a lost write to a must-change account that is flagged once more is found by its version, and not made twice', async () => {
  const account = await bench.bank.account('bilal.osman');
  await mustChange(account.guid);
  const before = await bench.versions();
  const { asked } = await bench.scene('bilal.osman');
  await assert.rejects((await losing(() => mustChange(account.guid))).writePassword(asked), unavailable);
  assert.equal((await bench.bank.account('bilal.osman')).pwdLastSet, '0', 'as it was before');
  await aMinuteLater(asked.reset);
  assert.equal((await staff.writePassword(asked)).outcome, 'applied');
  assert.deepEqual(await staff.verifyPassword(asked), { verified: true });
  assert.deepEqual(await bench.changedSince(before), ['bilal.osman']);
});

test('a must-change account that somebody gave another password and flagged again is not written over', async () => {
  const account = await bench.bank.account('goran.petrovic');
  await mustChange(account.guid);
  const before = await bench.versions();
  const { asked } = await bench.scene('goran.petrovic');
  const { directory } = await bench.depsOf('staff');
  const overtaken = {
    ...directory,
    async write<T>(work: Parameters<typeof directory.write<T>>[0]) {
      await others(account.guid, 'Somebody-Elses-1');
      await mustChange(account.guid);
      return directory.write(work);
    },
  };
  const slow = await bench.writer('staff', { directory: overtaken, directoryOn: () => overtaken });
  assert.deepEqual(await slow.writePassword(asked), { outcome: 'refused', code: 'account-changed' });
  assert.deepEqual(await bench.changedSince(before), ['goran.petrovic'], 'the one change is theirs');
});

test('a lost write over which somebody else wrote is not told as done, though its password still binds', async () => {
  const before = await bench.versions();
  const { asked, password } = await bench.scene('jonas.berg');
  await assert.rejects((await losing(() => others(asked.account, 'Somebody-Elses-2'))).writePassword(asked), unavailable);
  assert.equal(await bench.bank.says('jonas.berg', password), 'ok', 'the password before the last');
  await aMinuteLater(asked.reset);
  assert.equal((await staff.writePassword(asked)).outcome, 'applied');
  assert.deepEqual(await staff.verifyPassword(asked), { verified: false });
  assert.deepEqual(await bench.changedSince(before), ['jonas.berg', 'jonas.berg'], 'ours and theirs, each once');
  assert.deepEqual((await bench.leaves(asked.reset)).slice(1), ['write.result success', 'write.verified failure']);
  assert.equal(await bench.sealedRows(asked.reset), 0);
});

test('the same while the directory says yes: what somebody else wrote at the same time is not told as ours', async () => {
  const { asked } = await bench.scene('karim.haddad');
  const directory = bench.directoryWith('staff', async (modify) => {
    await modify();
    await others(asked.account, 'Somebody-Elses-3');
  });
  const slow = await bench.writer('staff', { directory, directoryOn: () => directory });
  assert.equal((await slow.writePassword(asked)).outcome, 'applied');
  assert.deepEqual(await staff.verifyPassword(asked), { verified: false });
  const { versionBefore, version } = await facts(asked.reset, 'write.result');
  assert.equal(version, Number(versionBefore) + 2);
});

test('one change by somebody else between the write and its bind is seen, though the bind succeeds', async () => {
  const { asked, password } = await bench.scene('lena.fischer');
  assert.equal((await staff.writePassword(asked)).outcome, 'applied');
  await others(asked.account, 'Somebody-Elses-4');
  assert.equal(await bench.bank.says('lena.fischer', password), 'ok');
  assert.deepEqual(await staff.verifyPassword(asked), { verified: false });
});

test('where a controller shows no stamps, pwdLastSet and the bind say it as before', async () => {
  const before = await bench.versions();
  const { directory } = await bench.depsOf('staff');
  const stampless = {
    ...directory,
    read: <T>(work: Parameters<typeof directory.read<T>>[0]) => directory.read((session) => work(hiding(session))),
    write: <T>(work: Parameters<typeof directory.write<T>>[0]) => directory.write((session) => work(hiding(session))),
  };
  const old = await bench.writer('staff', { directory: stampless, directoryOn: () => stampless });
  const { asked } = await bench.scene('mateo.silva');
  assert.equal((await old.writePassword(asked)).outcome, 'applied');
  assert.deepEqual(await old.verifyPassword(asked), { verified: true });
  assert.deepEqual(await bench.changedSince(before), ['mateo.silva']);
  const said = await facts(asked.reset, 'write.result');
  assert.deepEqual(Object.keys(said).toSorted(), ['controller', 'digest', 'ordinal', 'pwdLastSet']);
});

type Session = Parameters<Parameters<typeof administrator.read>[0]>[0];

/** A session with a controller that shows nothing of replication. */
function hiding(session: Session): Session {
  const hidden = new Set(['replPropertyMetaData', 'msDS-ReplAttributeMetaData', 'dsServiceName']);
  return {
    ...session,
    search: (base, search) => session.search(base, { ...search, attributes: search.attributes.filter((name) => !hidden.has(name)) }),
  };
}
