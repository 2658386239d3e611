import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { printCheckpoint } from '#evidence/checkpoint.ts';
import { openRotation } from '#evidence/key-rotation.ts';
import { judgeCheckpoint } from '#evidence/quorum.ts';
import { printNote, signText } from '#evidence/signed-note.ts';
import { parseSigner, type Signer } from '#evidence/signer-key.ts';
import { parseTrustPolicy } from '#evidence/trust-policy.ts';
import { printVerifierKey } from '#evidence/verifier-key.ts';
import { layout, witnessNames } from '#ops/paths.ts';
import { consoleProgress } from '#ops/progress.ts';
import { prepareRotation, recordRotation } from '#ops/rotate-key.ts';
import { ownerUrlFile } from '#ops/setup/database-roles.ts';
import { identities, makeUsers } from '#ops/setup/identities.ts';
import { makeKeys } from '#ops/setup/keys.ts';
import { demoOrigin, logKeyFile, makeLogKeys, trustPolicyFile, witnessFile } from '#ops/setup/log-keys.ts';
import { nextKeyFile, rotationFile } from '#ops/setup/rotated-keys.ts';
import { useDatabase } from '#test/support/database.ts';

/** The keys of the log as set-up makes them, in a state folder of this file's own, and a database for the leaves. */
const database = await useDatabase();
const state = mkdtempSync(join(tmpdir(), 'countersign-rotated-'));
after(() => rmSync(state, { recursive: true }));
const quiet = consoleProgress(() => {});
await makeUsers(quiet);
const owners = identities();
await makeKeys(state, owners, quiet);
mkdirSync(dirname(ownerUrlFile(state)), { recursive: true });
writeFileSync(ownerUrlFile(state), database.url, { mode: 0o600 });
const ports = Object.fromEntries(witnessNames.map((name, at) => [name, 20_000 + at])) as Record<(typeof witnessNames)[number], number>;
const setUp = (): Promise<unknown> => makeLogKeys(state, owners, ports, quiet);
await setUp();

const signer = (file: string): Signer => parseSigner(readFileSync(file, 'utf8'));
const [first, second] = witnessNames;
const witnessKey = (name: (typeof witnessNames)[number]): string => witnessFile(state, name, 'witness.key');
const policy = () => parseTrustPolicy(readFileSync(trustPolicyFile(state), 'utf8'));
const rotations = async (): Promise<{ role: string; new: string; note: string }[]> => {
  const leaves = await database.as('superuser').leaf.findMany({ where: { type: 'key.rotated' }, orderBy: { seq: 'asc' } });
  return leaves.map(({ body }) => (JSON.parse(body) as { do: { role: string; new: string; note: string } }).do);
};

/** A checkpoint of this size, signed and cosigned with the keys that lie there now. */
function checkpoint(size: bigint): string {
  const text = printCheckpoint({ origin: demoOrigin, size, root: Buffer.alloc(32, Number(size)) });
  const cosigners = [first, second].map((name) => signText(text, signer(witnessKey(name)), 1_800_000_000n));
  return printNote({ text, signatures: [signText(text, signer(logKeyFile(state))), ...cosigners] });
}

test('a rotated key is taken up at the next start, has its leaf by then, and what the old one signed is still believed', async () => {
  const before = checkpoint(1n);
  const [old, oldWitness] = [signer(logKeyFile(state)), signer(witnessKey(first))];
  const next = await prepareRotation(state, 'log', logKeyFile(state));
  await prepareRotation(state, 'witness', witnessKey(first));
  assert.equal(printVerifierKey(signer(logKeyFile(state)).verifier), printVerifierKey(old.verifier), 'until then the old one signs');
  const [leaf, other] = await rotations();
  assert.deepEqual([leaf?.role, leaf?.new, other?.role], ['log', next, 'witness']);
  assert.equal(openRotation(leaf?.note ?? '').old.id, old.verifier.id);

  await setUp();
  assert.equal(printVerifierKey(signer(logKeyFile(state)).verifier), next);
  assert.equal(readFileSync(witnessFile(state, second, 'logs.vkeys'), 'utf8'), `${next}\n`, 'witnesses cosign for the new key only');
  for (const note of [before, checkpoint(2n)]) assert.equal(judgeCheckpoint(note, policy()).ok, true);
  // The former and the present key of a witness are one voice.
  const text = printCheckpoint({ origin: demoOrigin, size: 3n, root: Buffer.alloc(32) });
  const alone = [oldWitness, signer(witnessKey(first))].map((key) => signText(text, key, 1_800_000_000n));
  const judged = judgeCheckpoint(printNote({ text, signatures: [signText(text, signer(logKeyFile(state))), ...alone] }), policy());
  assert.equal(judged.ok ? 'ok' : judged.reason, 'no-quorum');
  assert.deepEqual([statSync(logKeyFile(state)).mode & 0o777, statSync(logKeyFile(state)).uid], [0o600, owners.notary.uid]);
  assert.equal(existsSync(nextKeyFile(logKeyFile(state))), false);
  const settled = readFileSync(trustPolicyFile(state), 'utf8');
  await setUp();
  assert.equal(readFileSync(trustPolicyFile(state), 'utf8'), settled);
});

test('wherever a rotation is cut off, doing the same again ends it, with one leaf and no key lost', async () => {
  const file = logKeyFile(state);
  const leaves = (await rotations()).length;
  const old = printVerifierKey(signer(file).verifier);
  const next = await prepareRotation(state, 'log', file);
  rmSync(rotationFile(file)); // died after the leaf
  await setUp();
  assert.equal(printVerifierKey(signer(file).verifier), old, 'nothing is taken up before its rotation is known to be recorded');
  assert.equal(await prepareRotation(state, 'log', file), next);
  const kept = [nextKeyFile(file), rotationFile(file)].map((each) => [each, readFileSync(each)] as const);
  await setUp();
  for (const [each, bytes] of kept) writeFileSync(each, bytes, { mode: 0o600 }); // died before they were removed
  await setUp();
  assert.equal(printVerifierKey(signer(file).verifier), next);
  assert.deepEqual(
    policy()
      .logs.map(({ key }) => printVerifierKey(key))
      .filter((key) => key === old || key === next),
    [next, old],
  );
  assert.equal((await rotations()).length, leaves + 1);
});

test('a rotation that was signed elsewhere is recorded once, and one that was not signed by both is refused', async () => {
  const leaves = (await rotations()).length;
  const { note = '' } = (await rotations())[0] ?? {};
  await recordRotation(state, 'log', note);
  assert.equal((await rotations()).length, leaves);
  await assert.rejects(
    recordRotation(state, 'log', note.split('\n').slice(0, -2).join('\n') + '\n'),
    /no rotation that both keys have signed/,
  );
  await assert.rejects(prepareRotation(state, 'log', `${layout(state).database}/none`), /is not there/);
});
