import assert from 'node:assert/strict';
import { generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { haltFile, haltSeen } from '#activities/write/halts.ts';
import type { Halt } from '#domain/halt.ts';
import { signStatement } from '#evidence/attestation.ts';
import type { ConfirmedHalt } from '#prisma/joint-act-text.ts';
import { officer, signedByBoth } from '#test/support/signed-by-officers.ts';
import { writerBench } from './workbench.ts';

const bench = await writerBench();
const approvals = ['ines.duarte', 'quentin.roux'];
const folder = mkdtempSync(join(tmpdir(), 'halts-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const officers = [officer(), officer()] as const;
let seconds = 0;
const moment = () => new Date(Date.now() - 60_000 + 1000 * seconds++).toISOString();

type Parts = Pick<ConfirmedHalt, 'id' | 'proposed' | 'confirmed'>;

/** An act as the verifier signs it, each later than the one before; two officers signed it with their keys, unless `parts` says otherwise. */
async function act(
  halts: Halt,
  { key = bench.signing.privateKey, v = 2, parts }: { key?: KeyObject; v?: 1 | 2; parts?: (at: string) => Parts } = {},
): Promise<string> {
  const at = moment();
  const both = parts?.(at) ?? signedByBoth(bench.signing.privateKey, officers, { halts }, at);
  const body: ConfirmedHalt = { v, kind: 'halt', ...both, halts };
  const { text, signature } = signStatement(body, key);
  const id = randomUUID();
  const shown = {
    kind: 'halt',
    subject: halts,
    state: 'confirmed',
    proposer: officers[0].person,
    proposerName: 'p',
    proposedAt: at,
    expiresAt: at,
  };
  const signed = new Uint8Array(signature);
  await bench.owner.jointAct.create({ data: { ...shown, id, proposal: text, proposalSignature: signed, body: text, signature: signed } });
  return id;
}

test('a halted writer writes nothing and opens nothing, and the same step goes on when it is lifted', async () => {
  const before = await bench.versions();
  const { asked, password } = await bench.scene('rosa.klein', { approvals });
  const privileged = await bench.writer('privileged');
  const staff = await bench.writer('staff');
  await act('privileged');
  await assert.rejects(privileged.writePassword(asked), { name: 'Halted' });
  const { asked: alice } = await bench.scene('alice.moreau');
  assert.equal((await staff.writePassword(alice)).outcome, 'applied', 'the others go on');
  await act('all');
  const { asked: bilal } = await bench.scene('bilal.osman');
  await assert.rejects(staff.writePassword(bilal), { name: 'Halted' });
  assert.equal(await bench.owner.writeClaim.count({ where: { resetId: { in: [asked.reset, bilal.reset] } } }), 0);
  assert.equal(await bench.sealedRows(asked.reset), 1, 'what was chosen keeps');
  assert.deepEqual(await bench.changedSince(before), ['alice.moreau']);
  await act('nothing');
  assert.equal((await privileged.writePassword(asked)).outcome, 'applied');
  assert.equal((await staff.writePassword(bilal)).outcome, 'applied');
  assert.equal(await bench.bank.says('rosa.klein', password), 'ok');
});

test('an intent that grew too old while halted leads back to choosing, and a denied write is denied all the same', async () => {
  await act('all');
  const { asked } = await bench.scene('fatima.noor');
  const stale = await bench.writer('staff', { intentSeconds: -1 });
  assert.deepEqual(await stale.writePassword(asked), { outcome: 'password-expired' });
  const { asked: unproven } = await bench.scene('fatima.noor', { statements: (all) => all.filter(({ kind }) => kind !== 'factor') });
  assert.deepEqual(await (await bench.writer('staff')).writePassword(unproven), { outcome: 'refused', code: 'evidence-missing' });
  await act('nothing');
});

test('an act that comes between the judging and the claim halts too', async () => {
  const { asked } = await bench.scene('mateo.silva');
  const deps = await bench.depsOf('staff');
  const opener = {
    open: async (...ask: Parameters<typeof deps.opener.open>) => {
      const opened = await deps.opener.open(...ask);
      await act('all');
      return opened;
    },
  };
  await assert.rejects((await bench.writer('staff', { opener })).writePassword(asked), { name: 'Halted' });
  assert.equal(await bench.owner.writeClaim.count({ where: { resetId: asked.reset } }), 0);
  await act('nothing');
});

test('a row that was deleted or forged lifts nothing for a writer that has seen the stop, also after a restart', async () => {
  const file = join(folder, 'halt.json');
  const halts = haltFile(file);
  const deps = await bench.depsOf('staff', { halts });
  await act('all');
  assert.equal(await haltSeen(deps.db, deps), 'all');
  assert.equal(statSync(file).mode & 0o777, 0o600);
  await bench.owner.jointAct.deleteMany({});
  const restarted = await bench.depsOf('staff', { halts: haltFile(file) });
  assert.equal(await haltSeen(restarted.db, restarted), 'all', 'the table is empty, and nothing is lifted');
  await act('nothing', { key: generateKeyPairSync('ed25519').privateKey });
  assert.equal(await haltSeen(restarted.db, restarted), 'all', 'another key lifts nothing');
  const { asked } = await bench.scene('mateo.silva');
  await assert.rejects((await bench.writer('staff', { halts: haltFile(file) })).writePassword(asked), { name: 'Halted' });
  await act('nothing');
  assert.equal(await haltSeen(restarted.db, restarted), 'nothing', 'a newer act of two officers does');
  assert.equal((await (await bench.writer('staff', { halts: haltFile(file) })).writePassword(asked)).outcome, 'applied');
  for (const role of ['worker', 'api', 'writer_staff'] as const)
    await assert.rejects(bench.database.as(role).$executeRaw`INSERT INTO joint_act SELECT * FROM joint_act`, role);
});

test('no lie of the verifier lifts a stop: only what two officers signed with their keys, for just this, on this site', async () => {
  const [one, other] = officers;
  const verifier = bench.signing.privateKey;
  const lift = { halts: 'nothing' } as const;
  const byCode = (at: string): Parts => {
    const part = { person: randomUUID(), reason: '00', method: 'totp' as const, credential: randomUUID(), at };
    return { id: randomUUID(), proposed: part, confirmed: { ...part, person: randomUUID() } };
  };
  const old = signedByBoth(verifier, officers, lift, moment());
  const elsewhere = officer({ page: { origin: 'https://evil.test', rpId: 'evil.test' } });
  const unverified = officer();
  unverified.key.flags.userVerified = false;
  const both = (two: readonly [typeof one, typeof one], more?: Parameters<typeof signedByBoth>[4]) => (at: string) =>
    signedByBoth(verifier, two, lift, at, more);
  const later = (at: string): Parts => ({
    ...old,
    confirmed: { ...old.confirmed, at: new Date(Date.parse(at) + 3_600_000).toISOString() },
  });
  const deps = await bench.depsOf('privileged');
  await bench.owner.jointAct.deleteMany({});
  await act('all');
  const lies: [string, Parameters<typeof act>[1]][] = [
    ['both by a code', { parts: byCode }],
    ['as if from a release before keys', { v: 1, parts: byCode }],
    ['the first by a code', { parts: (at) => ({ ...both(officers)(at), proposed: byCode(at).proposed }) }],
    ['signed for a stop', { parts: (at) => signedByBoth(verifier, officers, { halts: 'all' }, at) }],
    ['the second signed another deed', { parts: both(officers, { confirms: { halts: 'privileged' } }) }],
    ['the second signed another act', { parts: both(officers, { act: randomUUID() }) }],
    ['one officer twice', { parts: both([one, one]) }],
    ['one key twice', { parts: both([one, { ...one, person: other.person, owner: other.person }]) }],
    ['the key of somebody else', { parts: both([one, { ...other, owner: randomUUID() }]) }],
    ['on another site', { parts: both([one, elsewhere]) }],
    ['by a key that knew nobody', { parts: both([one, unverified]) }],
    ['signed long before', { parts: both(officers, { endsAfter: -120_000 }) }],
    ['what was signed once, said to be of later', { parts: later }],
  ];
  for (const [what, lie] of lies) {
    const id = await act('nothing', lie);
    assert.equal(await haltSeen(deps.db, { ...deps, halts: haltFile(join(folder, 'lies.json')) }), 'all', what);
    await bench.owner.jointAct.deleteMany({ where: { id } });
  }
  await act('nothing');
  assert.equal(await haltSeen(deps.db, { ...deps, halts: haltFile(join(folder, 'lies.json')) }), 'nothing', 'the honest two lift it');
});
