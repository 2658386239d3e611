import assert from 'node:assert/strict';
import { randomUUID, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { haltFile, haltSeen } from '#activities/write/halts.ts';
import type { Halt } from '#domain/halt.ts';
import { signStatement } from '#evidence/attestation.ts';
import type { ConfirmedHalt } from '#prisma/joint-act-text.ts';
import { writerBench } from './workbench.ts';

const bench = await writerBench();
const approvals = ['ines.duarte', 'quentin.roux'];
const folder = mkdtempSync(join(tmpdir(), 'halts-'));
after(() => rmSync(folder, { recursive: true, force: true }));

let seconds = 0;
/** An act of two officers, as the verifier signs it; each later than the one before. */
async function act(halts: Halt, key: KeyObject = bench.signing.privateKey): Promise<string> {
  const id = randomUUID();
  const at = new Date(Date.now() - 60_000 + 1000 * seconds++).toISOString();
  const part = { person: randomUUID(), reason: '00', method: 'totp' as const, credential: randomUUID(), at };
  const body: ConfirmedHalt = { v: 1, kind: 'halt', id, halts, proposed: part, confirmed: part };
  const { text, signature } = signStatement(body, key);
  const shown = {
    kind: 'halt',
    subject: halts,
    state: 'confirmed',
    proposer: part.person,
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
  const { generateKeyPairSync } = await import('node:crypto');
  await act('nothing', generateKeyPairSync('ed25519').privateKey);
  assert.equal(await haltSeen(restarted.db, restarted), 'all', 'another key lifts nothing');
  const { asked } = await bench.scene('mateo.silva');
  await assert.rejects((await bench.writer('staff', { halts: haltFile(file) })).writePassword(asked), { name: 'Halted' });
  await act('nothing');
  assert.equal(await haltSeen(restarted.db, restarted), 'nothing', 'a newer act of two officers does');
  assert.equal((await (await bench.writer('staff', { halts: haltFile(file) })).writePassword(asked)).outcome, 'applied');
  for (const role of ['worker', 'api', 'writer_staff'] as const)
    await assert.rejects(bench.database.as(role).$executeRaw`INSERT INTO joint_act SELECT * FROM joint_act`, role);
});
