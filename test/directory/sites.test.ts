import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sitesOf } from '#activities/directory/sites.ts';
import { runCommand } from '#ops/run-command.ts';
import { ownDirectory } from './own-directory.ts';

const bank = await ownDirectory();
const reader = bank.as('reader');

/** By the controller's own tool, as its administrator would. */
async function said(...args: string[]): Promise<void> {
  const config = `${bank.stateDir}/directory/etc/smb.conf`;
  const answer = await runCommand('/usr/bin/python3', ['/usr/bin/samba-tool', 'sites', ...args, '-s', config], { timeoutMs: 60_000 });
  assert.equal(answer.code, 0, answer.stderr);
}

test('the site of an address is read from the subnets of the directory, and the settings come first', async () => {
  await said('create', 'Branch-Dhaka');
  await said('subnet', 'create', '10.20.0.0/16', 'Branch-Dhaka');
  await said('subnet', 'create', '10.0.0.0/8', 'Default-First-Site-Name');
  await said('subnet', 'create', 'fd00:20::/32', 'Branch-Dhaka');
  const sites = sitesOf(reader, [{ network: '10.20.7.0/24', site: 'Kiosks' }]);
  assert.equal(await sites.of('10.20.1.1'), 'Branch-Dhaka');
  assert.equal(await sites.of('10.1.1.1'), 'Default-First-Site-Name');
  assert.equal(await sites.of('fd00:20::5'), 'Branch-Dhaka');
  assert.equal(await sites.of('10.20.7.7'), 'Kiosks');
  assert.equal(await sites.of('192.0.2.1'), undefined);
});

test('subnets are read once in ten minutes, and a directory that is away changes nothing of what is known', async () => {
  let [now, reads, isAway] = [0, 0, false];
  const counted: typeof reader.read = (work, near) => {
    reads += 1;
    return isAway ? Promise.reject(new Error('away')) : reader.read(work, near);
  };
  const sites = sitesOf({ read: counted }, [], () => now);
  const both = await Promise.all([sites.of('10.20.1.1'), sites.of('10.20.1.2')]);
  assert.deepEqual([both, reads], [['Branch-Dhaka', 'Branch-Dhaka'], 1]);
  isAway = true;
  now = 11 * 60_000;
  assert.equal(await sites.of('10.20.1.1'), 'Branch-Dhaka');
  assert.equal(await sites.of('10.20.1.1'), 'Branch-Dhaka');
  assert.equal(reads, 2, 'nobody waits for a silent directory twice');
  assert.equal(await sitesOf({ read: counted }, []).of('10.20.1.1'), undefined);
});
