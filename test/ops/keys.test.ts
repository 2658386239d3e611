import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { readSecret } from '#config';
import { keyModes } from '#ops/doctor/keys.ts';
import { layout, type ProcessName } from '#ops/paths.ts';
import { consoleProgress } from '#ops/progress.ts';
import { makeListenerKey } from '#ops/setup/card-listener.ts';
import { certificateFile, makeCertificate, makeCertificateAuthority } from '#ops/setup/certificates.ts';
import { identities, makeUsers } from '#ops/setup/identities.ts';
import { makeKeys, privateKeyFiles } from '#ops/setup/keys.ts';
import { makeLogKeys } from '#ops/setup/log-keys.ts';

const state = mkdtempSync(join(tmpdir(), 'countersign-keys-'));
after(() => rmSync(state, { recursive: true }));
const quiet = consoleProgress(() => {});
await makeUsers(quiet);
await makeKeys(state, identities(), quiet);
await makeLogKeys(state, identities(), { 'witness-audit': 1, 'witness-soc': 2, 'witness-second-site': 3 }, quiet);
await makeListenerKey(state, identities(), quiet);

test('every private key belongs to its process and is closed to all others', async () => {
  for (const { holder, file } of privateKeyFiles(state)) {
    assert.equal(statSync(file).mode & 0o777, 0o600, file);
    assert.equal(statSync(file).uid, identities()[holder].uid, file);
  }
  assert.equal((await keyModes(state)).verdict, 'good');
});

test('no process holds the private half of another one, and no two secrets are alike', () => {
  const contents = privateKeyFiles(state).map(({ file }) => readFileSync(file).toString('base64'));
  assert.equal(new Set(contents).size, contents.length);
});

test('the public halves that were handed out match the private ones', () => {
  const publicOf = (holder: ProcessName, file: string) =>
    createPublicKey(createPrivateKey(readFileSync(join(layout(state).processFolder(holder), file)))).export({
      format: 'pem',
      type: 'spki',
    });
  const given = (reader: ProcessName, file: string) => readFileSync(join(layout(state).processFolder(reader), file), 'utf8');
  assert.equal(given('writer-staff', 'verifier-signing.pub'), publicOf('verifier', 'signing.key'));
  assert.equal(given('api', 'writer-privileged-opening.pub'), publicOf('writer-privileged', 'opening.key'));
  assert.equal(given('verifier', 'api-sealing.pub'), publicOf('api', 'sealing.key'));
});

test('a second set-up keeps every key', async () => {
  const before = privateKeyFiles(state).map(({ file }) => readFileSync(file, 'base64'));
  await makeKeys(state, identities(), quiet);
  assert.deepEqual(
    privateKeyFiles(state).map(({ file }) => readFileSync(file, 'base64')),
    before,
  );
});

test('a key that others can read is refused by its process and named by the doctor, with the fix', async () => {
  const file = join(layout(state).processFolder('verifier'), 'factor.key');
  chmodSync(file, 0o640);
  assert.throws(() => readSecret(file), { message: `${file} can be read by others. Run: chmod 600 ${file}` });
  const found = await keyModes(state);
  assert.equal(found.verdict, 'bad');
  assert.equal(found.fix, `chmod 600 ${file}`);
  chmodSync(file, 0o600);
});

test('a key that is gone is named, because nothing can replace it', async () => {
  const file = join(layout(state).processFolder('verifier'), 'pepper.key');
  const content = readFileSync(file);
  rmSync(file);
  const found = await keyModes(state);
  assert.match(found.said, /pepper\.key is missing/);
  writeFileSync(file, content, { mode: 0o600 });
});

test("the portal's certificate is of the demo CA and names localhost in every spelling", async () => {
  await makeCertificateAuthority(state, quiet);
  await makeCertificate(state, 'api', identities().api, quiet);
  const certificate = new X509Certificate(readFileSync(certificateFile(state, 'api')));
  const authority = new X509Certificate(readFileSync(layout(state).caFile));
  assert.ok(certificate.verify(authority.publicKey));
  assert.ok(certificate.checkHost('localhost') && certificate.checkIP('127.0.0.1') && certificate.checkIP('::1'));
  assert.equal(statSync(layout(state).caKeyFile).mode & 0o777, 0o600);
});
