import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect } from 'node:tls';
import { readDemoPeople } from '#ops/demo/secrets.ts';
import { directoryPids, startDirectory, stopDirectory } from '#ops/directory/process.ts';
import { provisionDirectory } from '#ops/directory/provision.ts';
import { certificateServes, issueDirectoryCertificate } from '#ops/directory/certificate.ts';
import { ownDirectory } from './own-directory.ts';

// While the first controller is set up, whatever any process shows of itself is written down.
const shown = new Set<string>();
const watch = setInterval(() => {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
    for (const file of ['cmdline', 'environ']) shown.add(readQuietly(join('/proc', pid, file)));
}, 50);
const one = await ownDirectory({ fresh: true });
const other = await ownDirectory({ fresh: true });
clearInterval(watch);

function readQuietly(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

test('no password of the bank, its services or its administrator was an argument or in an environment', () => {
  const everything = [...shown].join('\n');
  assert.match(everything, /samba-tool/, 'the watch saw the provisioning');
  const passwords = [
    ...readDemoPeople(one.stateDir).flatMap((person) => [person.password, person.totpSecret, ...person.recoveryCodes]),
    ...Object.values(one.install.serviceAccounts).map((service) => readFileSync(service.passwordFile, 'utf8').trim()),
    readFileSync(one.install.administrator.passwordFile, 'utf8').trim(),
  ];
  assert.ok(passwords.length > 200);
  assert.deepEqual(
    passwords.filter((password) => everything.includes(password)),
    [],
  );
});

test('every secret lies in a file that only its owner reads', () => {
  const { tls } = one.install.layout;
  const files = [
    tls.key,
    join(one.stateDir, 'demo', 'people.json'),
    one.install.administrator.passwordFile,
    ...Object.values(one.install.serviceAccounts).map((service) => service.passwordFile),
  ];
  for (const file of files) assert.equal(statSync(file).mode & 0o777, 0o600, file);
  assert.equal(statSync(one.install.layout.privateFolder).mode & 0o077, 0);
});

test('two controllers live beside each other and know nothing of each other', async () => {
  assert.notEqual(one.address, other.address);
  assert.equal(await one.says('alice.moreau', one.passwordOf('alice.moreau')), 'ok');
  assert.equal(await other.says('alice.moreau', other.passwordOf('alice.moreau')), 'ok');
  assert.equal(await other.says('alice.moreau', one.passwordOf('alice.moreau')), 'wrong');
});

test('a controller whose first process was killed is ended whole and started again; the other one stays', async () => {
  const before = directoryPids(one.stateDir);
  const others = directoryPids(other.stateDir);
  process.kill(one.running.pid, 'SIGKILL');
  await one.restart();
  assert.deepEqual(
    before.filter((pid) => directoryPids(one.stateDir).includes(pid)),
    [],
  );
  assert.deepEqual(directoryPids(other.stateDir), others);
  assert.equal(await one.says('alice.moreau', one.passwordOf('alice.moreau')), 'ok');
});

test('stopping ends all of one controller and nothing else, and may be repeated', async () => {
  const others = directoryPids(other.stateDir);
  await stopDirectory(one.stateDir);
  await stopDirectory(one.stateDir);
  assert.deepEqual(directoryPids(one.stateDir), []);
  assert.deepEqual(directoryPids(other.stateDir), others);
  await one.restart();
});

test('what a killed controller is still closing is waited for', async () => {
  await stopDirectory(one.stateDir);
  const closing = createServer();
  await new Promise<void>((listening) => closing.listen(636, one.address, listening));
  const started = one.restart();
  setTimeout(() => closing.close(), 300);
  await started;
  assert.equal(await one.says('alice.moreau', one.passwordOf('alice.moreau')), 'ok');
});

test('an address that is taken is a sentence', async () => {
  await stopDirectory(one.stateDir);
  await assert.rejects(startDirectory({ stateDir: one.stateDir, address: other.address }), /Another program listens on/);
  await one.restart();
});

test('a second provisioning changes nothing but what has to change', async () => {
  const { tls } = one.install.layout;
  const ca = {
    certPem: readFileSync(join(one.stateDir, 'ca', 'ca.pem'), 'utf8'),
    keyPem: readFileSync(join(one.stateDir, 'ca', 'ca.key'), 'utf8'),
  };
  const [secrets, certificate] = [readFileSync(join(one.stateDir, 'demo', 'people.json'), 'utf8'), readFileSync(tls.cert, 'utf8')];
  const again = await provisionDirectory({ stateDir: one.stateDir, address: one.address, ca });
  assert.equal(again.fresh, false);
  assert.equal(readFileSync(join(one.stateDir, 'demo', 'people.json'), 'utf8'), secrets);
  assert.equal(readFileSync(tls.cert, 'utf8'), certificate);
  assert.equal(certificateServes(certificate, ca, one.address), true);
  assert.equal(certificateServes(certificate, ca, '127.9.9.9'), false);
  assert.equal(certificateServes(certificate, ca, one.address, new Date(Date.now() + 380 * 86_400_000)), false);
  const foreign = {
    certPem: readFileSync(join(other.stateDir, 'ca', 'ca.pem'), 'utf8'),
    keyPem: readFileSync(join(other.stateDir, 'ca', 'ca.key'), 'utf8'),
  };
  assert.equal(certificateServes(certificate, foreign, one.address), false);
});

test('the certificate names host, domain and address, and TLS below 1.2 is not spoken', async () => {
  const ca = {
    certPem: readFileSync(join(one.stateDir, 'ca', 'ca.pem'), 'utf8'),
    keyPem: readFileSync(join(one.stateDir, 'ca', 'ca.key'), 'utf8'),
  };
  const issued = new X509Certificate(
    (await issueDirectoryCertificate(ca, { dns: ['dc1.bank.test', 'bank.test'], ip: '127.86.1.2' })).certPem,
  );
  assert.equal(issued.subjectAltName, 'DNS:dc1.bank.test, DNS:bank.test, IP Address:127.86.1.2');
  assert.deepEqual(issued.publicKey.asymmetricKeyDetails, { namedCurve: 'prime256v1' });
  const handshake = (options: { minVersion: 'TLSv1.1' | 'TLSv1.2'; maxVersion: 'TLSv1.1' | 'TLSv1.2'; ciphers?: string }) =>
    new Promise<string>((resolve) => {
      const socket = connect({ host: one.address, port: 636, ca: ca.certPem, servername: 'dc1.bank.test', ...options }, () => {
        resolve(socket.getProtocol() ?? '');
        socket.destroy();
      });
      socket.once('error', () => resolve('refused'));
    });
  assert.equal(await handshake({ minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' }), 'TLSv1.2');
  assert.equal(await handshake({ minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }), 'refused');
});
