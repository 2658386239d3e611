import assert from 'node:assert/strict';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { buildPackage } from '#ops/device-package/deb.ts';
import { buildExecutable } from '#ops/device-package/executable.ts';
import { signUpdate } from '#ops/device-package/update.ts';
import { patiently } from '../support/patiently.ts';
import { agentOn, STATE } from '../support/agent-on-device.ts';
import { deviceLab } from '../support/device-lab.ts';
import { noticeOf } from '../support/device-notice.ts';
import { devicePortal } from '../support/device-portal.ts';

const folder = mkdtempSync(join(tmpdir(), 'cs-package-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const [executable, deb] = [join(folder, 'countersign-device'), join(folder, 'countersign-device.deb')];
await buildExecutable(executable);
await buildPackage(executable, deb);

/** @alone SSSD takes itself for offline by time limits of its own. */
const lab = await deviceLab(['laptop-1']);
const [laptop] = lab.devices;
assert.ok(laptop);
const portal = await devicePortal(lab.ours, lab.ca);
after(() => portal.stop());
const UNITS = ['countersign-attest.socket', 'countersign-attest@.service', 'countersign-device.service'];
const PROGRAM = '/usr/bin/countersign-device';
const LINE = /^session\toptional\tpam_exec\.so quiet stdout \/usr\/bin\/countersign-device told/m;

/** Every file of the device that is not the system's own memory of what runs, or of what was installed. */
async function files(): Promise<string[]> {
  const found = await laptop?.must([
    'sh',
    '-c',
    'find /etc /usr /lib/systemd /var/lib -xdev -not -path "/var/lib/dpkg/*" -not -path "/var/lib/sss/*" | sort',
  ]);
  return (found ?? '').split('\n');
}

test('installed from its package, the agent is one file that needs nothing else, and does what a notice says', async () => {
  const before = await files();
  copyFileSync(deb, laptop.path('/tmp/agent.deb'));
  await laptop.must(['dpkg', '-i', '/tmp/agent.deb']);
  const added = (await files()).filter((file) => !before.includes(file));
  assert.deepEqual(
    added,
    [
      ...UNITS.map((unit) => `/lib/systemd/system/${unit}`),
      PROGRAM,
      ...UNITS.map((unit) => `/usr/lib/systemd/system/${unit}`),
      '/usr/share/doc/countersign-device',
      '/usr/share/doc/countersign-device/settings.json',
      '/usr/share/pam-configs/countersign-device',
    ].filter((file) => added.includes(file)),
  );
  const agent = agentOn(laptop, portal, lab.ca.certPem, [PROGRAM]);
  assert.equal((await agent.verb('enrol', portal.ticket())).stdout, 'laptop-1.bank.test is enrolled.\n');
  await agent.start();
  const OLD = lab.bank.passwordOf('alice.moreau');
  await patiently(async () => assert.equal(await laptop.login('alice.moreau', OLD), 'online'), 180);
  const writtenAt = await lab.reset('alice.moreau', 'Harbour-Lantern-41');
  const notice = await noticeOf(lab, { device: portal.device(), account: 'alice.moreau', writtenAt });
  portal.tell(notice);
  await portal.said(notice.notice, 'invalidated');

  // The line that the package brought for PAM: in interactive sessions alone.
  assert.match(laptop.read('/etc/pam.d/common-session'), LINE);
  for (const kind of ['session-noninteractive', 'auth', 'account', 'password'])
    assert.doesNotMatch(laptop.read(`/etc/pam.d/common-${kind}`), LINE);
  laptop.write('/etc/pam.d/at-the-desk', '@include common-session\n');
  const { account, expiresAt, issuedAt } = notice;
  const change = {
    notice: randomUUID(),
    device: portal.device(),
    account,
    verb: 'tell',
    change: 'key-added',
    changedAt: issuedAt,
  } as const;
  portal.tell({ ...change, issuedAt, expiresAt });
  await portal.said(change.notice, 'not-shown');
  const seen = await laptop.must(['pamtester', '-I', 'tty=/dev/tty1', 'at-the-desk', 'alice.moreau', 'open_session']);
  assert.match(seen, /A security key was added for you\./);
  await portal.said(change.notice, 'shown');
  await agent.kill();
});

test('an update is taken when the pinned key signed it, whole, and never an older one than was taken', async () => {
  const agent = agentOn(laptop, portal, lab.ca.certPem, [PROGRAM]);
  const [release, stranger] = [generateKeyPairSync('ed25519'), generateKeyPairSync('ed25519')];
  const updateKey = release.publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
  laptop.write('/etc/countersign-device/settings.json', JSON.stringify({ portal: portal.url, updateKey }), 0o600);
  const content = readFileSync(executable);
  const take = async (update: Buffer) => {
    writeFileSync(laptop.path('/root/update'), update);
    const { code, stdout, stderr } = await laptop.run(['sh', '-c', `${PROGRAM} update < /root/update`]);
    return `${code} ${stdout}${stderr}`;
  };
  const update = (number: number, key = release.privateKey) => signUpdate(content, { version: `1.0.${number}`, number }, key);
  assert.match(await take(update(2, stranger.privateKey)), /^1 This is no update that the pinned key signed/);
  assert.match(await take(update(2).subarray(0, -1)), /^1 The update is not whole/);
  const inode = async (): Promise<string> => laptop.must(['stat', '-c', '%i', PROGRAM]);
  const before = await inode();
  assert.match(await take(update(2)), /^0 Version 1\.0\.2 is in place/);
  assert.notEqual(await inode(), before);
  assert.match(await take(update(1)), /^1 Update 1 is not newer than 2/);
  assert.match(await take(update(2)), /^1 Update 2 is not newer than 2/);
  assert.equal((await agent.verb('status')).code, 0, 'the new one runs');
});

test('purged, it leaves nothing behind', async () => {
  assert.equal(laptop.read(`${STATE}/memory.json`).startsWith('{'), true);
  await laptop.must(['dpkg', '--purge', 'countersign-device']);
  assert.doesNotMatch(laptop.read('/etc/pam.d/common-session'), /countersign/);
  assert.deepEqual(
    (await files()).filter((file) => /countersign/.test(file)),
    [],
  );
});
