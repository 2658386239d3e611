import assert from 'node:assert/strict';
import { copyFileSync, statSync } from 'node:fs';
import { test } from 'node:test';
import { printSigner } from '#evidence/signer-key.ts';
import { printVerifierKey } from '#evidence/verifier-key.ts';
import { freePort } from '#ops/stack/ports.ts';
import { useDatabase } from '#test/support/database.ts';
import { useLog } from './a-log.ts';
import { secretFile, settingsOfNotary, startLogProcess } from './log-process.ts';
import { acknowledged, stillStands } from './what-was-acknowledged.ts';

/** Two of one kind as real processes, as a careless failover starts them. */
const database = await useDatabase();
const log = await useLog(database);
const settings = settingsOfNotary(database, log, 1);

test('two notaries on one database and one folder: one ends itself with a reason, the other goes on, and the log stands', async () => {
  const two = [startLogProcess('notary', settings), startLogProcess('notary', settings)];
  await Promise.all(two.map(({ ready }) => ready));
  const first = Promise.race(two.map(({ ended }, at) => ended.then((code) => ({ code, at }))));
  let isOver = { is: false };
  void first.then(() => (isOver = { is: true }));
  for (let round = 0; round < 200 && !isOver.is; round++) await log.write(1);
  const { code, at } = await first;
  assert.notEqual(code, 0);
  assert.match(two[at]?.said() ?? '', /Another notary has moved this log|has seen/);
  const known = await acknowledged(log);
  const other = two[1 - at];
  await log.write(5);
  other?.kill('SIGTERM');
  assert.equal(await other?.ended, 0, other?.said());
  await log.settle(await log.open());
  await stillStands(log, known);
});

test('two witnesses on one state: the second does not start; after kill -9 of the first it does', async () => {
  const [mine] = log.witnesses;
  assert.ok(mine);
  await log.settle(await log.open());
  const stateFile = `${mine.stateFile}.processes`;
  copyFileSync(mine.stateFile, stateFile);
  const started = async () => {
    const own = {
      process: 'witness',
      listen: { host: '127.0.0.1', port: await freePort() },
      keyFile: secretFile(printSigner(mine.signer)),
      stateFile,
      logsFile: secretFile(`${printVerifierKey(log.signer.verifier)}\n`),
    };
    const witness = startLogProcess('witness', own);
    await witness.ready;
    return witness;
  };
  const first = await started();
  assert.equal(statSync(`${stateFile}.lock`).mode & 0o777, 0o600, 'nobody else opens the lock');
  const second = await started();
  assert.equal(await second.ended, 1);
  assert.match(second.said(), /in use by another process/);
  first.kill('SIGKILL');
  await first.ended;
  const third = await started();
  assert.match(third.said(), /ready/);
  third.kill('SIGTERM');
  assert.equal(await third.ended, 0);
});
