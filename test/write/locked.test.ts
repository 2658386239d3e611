import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { WriteAsked } from '#activities/contract.ts';
import type { Directory } from '#activities/directory/connect.ts';
import { writerBench } from './workbench.ts';

const bench = await writerBench();

/** An officer's lock, as the verifier signs it. */
async function lock({ reset, run, account }: WriteAsked): Promise<void> {
  const at = new Date().toISOString();
  const common = { v: 1 as const, id: randomUUID(), reset, run, account, at };
  await bench.sign({ ...common, kind: 'lock', person: randomUUID(), reason: '00', method: 'totp', credential: randomUUID() });
}

test('a lock that was signed after the intent is seen by the writer itself, for good', async () => {
  const before = await bench.versions();
  const { asked } = await bench.scene('alice.moreau');
  await lock(asked);
  const staff = await bench.writer('staff');
  assert.deepEqual(await staff.writePassword(asked), { outcome: 'refused', code: 'reset-locked' });
  // The worker has a new intent witnessed that leaves the lock out, or that names it, and tries again.
  const honest = await bench.intend({ ...asked, ordinal: 2 });
  assert.deepEqual(await staff.writePassword(honest), { outcome: 'refused', code: 'reset-locked' });
  const silent = await bench.intend({ ...asked, ordinal: 3 }, (leaf) => ({
    ...leaf,
    do: {
      ...leaf.do,
      statements: ((leaf.do ?? {})['statements'] as { kind: string; sha256: string }[]).filter(({ kind }) => kind !== 'lock'),
    },
  }));
  assert.deepEqual(await staff.writePassword(silent), { outcome: 'refused', code: 'reset-locked' });
  assert.deepEqual(await bench.changedSince(before), []);
  assert.equal(await bench.sealedRows(asked.reset), 0, 'the password is erased');
});

test('a lock that is signed between the judging and the claim is seen too: nothing is claimed, nothing written', async () => {
  const before = await bench.versions();
  const { asked } = await bench.scene('bilal.osman');
  const deps = await bench.depsOf('staff');
  let opened = false;
  // Between the two stands the reading of pwdLastSet for the claim, after the password was opened.
  const directory: Directory = {
    ...deps.directory,
    read: async (work) => {
      if (opened) await lock(asked);
      opened = false;
      return deps.directory.read(work);
    },
  };
  const opener = {
    open: async (...ask: Parameters<typeof deps.opener.open>) => {
      opened = true;
      return deps.opener.open(...ask);
    },
  };
  const writer = await bench.writer('staff', { directory, opener });
  await assert.rejects(writer.writePassword(asked), { name: 'DirectoryUnavailable' });
  assert.equal(await bench.owner.writeClaim.count({ where: { resetId: asked.reset } }), 0);
  assert.deepEqual(await writer.writePassword(asked), { outcome: 'refused', code: 'reset-locked' });
  assert.deepEqual(await bench.changedSince(before), []);
});
