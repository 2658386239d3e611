import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { mailRelay } from '#ops/doctor/mail-relay.ts';
import { layout } from '#ops/paths.ts';
import { anAuthority } from '#test/support/certificates.ts';
import { aRelay } from './a-relay.ts';

const state = mkdtempSync(join(tmpdir(), 'relay-'));
after(() => rmSync(state, { recursive: true }));
const authority = await anAuthority(state, 'bank-ca');
const credentials = { name: 'countersign', password: 'Relay-1' };

function configured(mail: object | undefined): void {
  const file = layout(state).settingsFile('worker');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ process: 'worker', ...(mail ? { mail } : {}) }));
}

test('the doctor says whether the relay is the one that is meant, and sends nothing', async () => {
  configured(undefined);
  assert.deepEqual((await mailRelay(state)).verdict, 'good');

  const passwordFile = join(state, 'mail.password');
  writeFileSync(passwordFile, 'Relay-1\n', { mode: 0o600 });
  const relay = await aRelay(await authority.issue('localhost'), { tls: 'starttls', credentials });
  const mail = {
    host: 'localhost',
    port: relay.port,
    tls: 'starttls',
    ca: authority.ca,
    from: 'countersign@bank.test',
    credentials: { name: 'countersign', passwordFile },
  };
  configured(mail);
  const found = await mailRelay(state);
  assert.deepEqual([found.verdict, relay.arrived.length], ['good', 0]);

  writeFileSync(passwordFile, 'Relay-2\n', { mode: 0o600 });
  const refused = await mailRelay(state);
  assert.equal(refused.verdict, 'bad');
  assert.match(JSON.stringify(refused), /the mail relay localhost:\d+ cannot be used \(EAUTH AUTH PLAIN 535\)/);
  assert.doesNotMatch(JSON.stringify(refused), /Relay-2/);

  await relay.close();
  const away = await mailRelay(state);
  assert.equal(away.verdict, 'bad');
  assert.match(JSON.stringify(away), /let it answer by STARTTLS with a certificate of .*bank-ca\.pem for localhost/);
});
