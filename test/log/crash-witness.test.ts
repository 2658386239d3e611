import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { printCheckpoint } from '#evidence/checkpoint.ts';
import { judgeCheckpoint } from '#evidence/quorum.ts';
import { printNote, signText } from '#evidence/signed-note.ts';
import { printSigner } from '#evidence/signer-key.ts';
import { parseTrustPolicy } from '#evidence/trust-policy.ts';
import { printVerifierKey } from '#evidence/verifier-key.ts';
import { printAddCheckpoint } from '#evidence/witness-protocol.ts';
import { freePort } from '#ops/stack/ports.ts';
import { amount } from '#test/support/campaign.ts';
import { useDatabase } from '#test/support/database.ts';
import { useLog } from './a-log.ts';
import { secretFile, startLogProcess, type Fault } from './log-process.ts';
import { acknowledged, stillStands } from './what-was-acknowledged.ts';

/**
 * A witness as a real process that the quorum needs, whose n-th system call of a kind fails with EIO or is its last. What
 * it has cosigned it knows after a restart, so that nobody gets a second history of it.
 */
const database = await useDatabase();
const log = await useLog(database);
const [first, , third] = log.witnesses;
assert.ok(first && third);
const port = await freePort();
const policy = parseTrustPolicy(log.policyText({ w3: `http://127.0.0.1:${port}/` }));
const settings = {
  process: 'witness',
  listen: { host: '127.0.0.1', port },
  keyFile: secretFile(printSigner(third.signer)),
  stateFile: third.stateFile,
  logsFile: secretFile(`${printVerifierKey(log.signer.verifier)}\n`),
};

const remembered = (): bigint => {
  if (!existsSync(third.stateFile)) return 0n;
  const seen = JSON.parse(readFileSync(third.stateFile, 'utf8')) as Record<string, { size: string }>;
  return BigInt(Object.values(seen)[0]?.size ?? '0');
};

/** The largest tree whose published checkpoint carries its cosignature. */
async function cosigned(): Promise<bigint> {
  const [head] = await log.db.$queryRaw<{ published: string | null }[]>`SELECT published FROM log_head`;
  const judged = head?.published ? judgeCheckpoint(head.published, policy) : undefined;
  return judged?.ok && judged.witnesses.has('w3') ? judged.checkpoint.size : 0n;
}

async function live(fault: Fault): Promise<boolean> {
  await log.settle(await log.open());
  await first?.stop();
  await third?.stop();
  const witness = startLogProcess('witness', settings, fault);
  await witness.ready;
  const notary = await log.open({ policy });
  let most = 0n;
  for (let round = 0; round < 4; round++) {
    await log.write(2);
    await notary.turn();
    const now = await cosigned();
    if (now > most) most = now;
  }
  witness.kill('SIGTERM');
  await witness.ended;
  assert.ok(remembered() >= most, `it cosigned ${most} and remembers ${remembered()}`);
  const known = await acknowledged(log);
  await first?.start();
  await third?.start();
  await log.settle(await log.open());
  await stillStands(log, known);
  await refusesAnother();
  return witness.hit();
}

/** A second history of the size that it has seen, signed by the log's stolen key. */
async function refusesAnother(): Promise<void> {
  const size = remembered();
  const text = printCheckpoint({ origin: log.signer.verifier.name, size, root: Buffer.alloc(32, 9) });
  const checkpoint = printNote({ text, signatures: [signText(text, log.signer)] });
  for (const oldSize of [0n, size]) {
    const body = printAddCheckpoint({ oldSize, proof: [], checkpoint });
    const answer = await fetch(`${third?.url}add-checkpoint`, { method: 'POST', body });
    assert.equal(answer.status, oldSize === 0n ? 409 : 422);
  }
}

const WALKS: readonly { fault: Omit<Fault, 'when'>; some: readonly number[] }[] = [
  { fault: { call: 'fsync', how: 'signal=KILL' }, some: [1, 2, 5] },
  { fault: { call: 'fsync', how: 'error=EIO' }, some: [3, 4] },
  { fault: { call: 'rename', how: 'signal=KILL' }, some: [2] },
  { fault: { call: 'rename', how: 'error=EIO' }, some: [1] },
  { fault: { call: 'write', how: 'signal=KILL' }, some: [] },
];

for (const { fault, some } of WALKS.filter(({ some }) => amount(some.length > 0, true))) {
  test(`a witness remembers what it cosigned when its ${fault.call} ends in ${fault.how.split('=')[1]}, whichever it is`, async () => {
    for (const when of some) assert.ok(await live({ ...fault, when }), 'the fault happened');
    if (amount(true, false)) return;
    for (let when = 1, without = 0; without < 2; when++) without = (await live({ ...fault, when })) ? 0 : without + 1;
  });
}
