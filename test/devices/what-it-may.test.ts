import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agentOn } from '../support/agent-on-device.ts';
import { labWithAgent } from '../support/lab-with-agent.ts';
import { patiently } from '../support/patiently.ts';

/** @alone SSSD takes itself for offline by time limits of its own. */
const { lab, laptop, portal, agent, notice } = await labWithAgent();
await agent.kill();
await laptop.restartSssd(['krb5_store_password_if_offline = true']);
const traced = agentOn(laptop, portal, lab.ca.certPem, [
  'strace',
  '-f',
  '-qq',
  '-e',
  'trace=execve,listen,bind',
  '-o',
  '/root/trace',
  process.execPath,
  new URL('../../device-agent/main.ts', import.meta.url).pathname,
]);
await traced.start();

test('a password that SSSD stored to try by itself is tried no more after a reset', async () => {
  const OLD = lab.bank.passwordOf('alice.moreau');
  const NEW = 'Harbour-Lantern-41';
  await patiently(async () => assert.equal(await laptop.login('alice.moreau', OLD), 'online'), 180);
  await laptop.vpn(false);
  await patiently(async () => assert.equal(await laptop.login('alice.moreau', OLD), 'from-cache'));
  assert.match(laptop.read('/proc/keys'), /user +alice\.moreau@bank\.test: /);
  const reset = await notice('alice.moreau', await lab.reset('alice.moreau', NEW));
  portal.tell(reset);
  await portal.said(reset.notice, 'invalidated');
  assert.ok(traced.log().some(({ event, done }) => event === 'backend-restarted' && done === true));
  await laptop.vpn(true);
  await patiently(async () => assert.equal(await laptop.login('alice.moreau', NEW), 'online'), 180);
  await portal.said(reset.notice, 'refreshed');
  const { badPwdCount } = await lab.bank.account('alice.moreau').then(async ({ dn }) => {
    const [entry] = await lab.bank
      .as('administrator')
      .read((session) => session.search(dn, { scope: 'base', attributes: ['badPwdCount'] }));
    return { badPwdCount: entry?.text('badPwdCount') };
  });
  assert.equal(badPwdCount ?? '0', '0', 'nobody tried the old one');
});

test('with each network it looks for what is stale', async () => {
  laptop.plug(false);
  await patiently(async () => assert.equal(traced.log().at(-1)?.['event'], 'not-listening'));
  laptop.plug(true);
  await patiently(async () => assert.ok(traced.log().some(({ event, looked }) => event === 'stale-check' && looked === 1)));
});

test('the agent listens on nothing, binds to nothing, and starts the programs of its list alone', async () => {
  const calls = laptop.read('/root/trace').split('\n');
  assert.deepEqual(
    calls.filter((line) => / listen\(/.test(line)),
    [],
  );
  assert.deepEqual(
    calls.filter((line) => / bind\(/.test(line) && !/AF_NETLINK/.test(line)),
    [],
  );
  const started = new Set(calls.map((line) => / execve\("([^"]+)"/.exec(line)?.[1]).filter((file) => file !== undefined));
  started.delete(process.execPath);
  const allowed = ['ldbsearch', 'ldbmodify', 'klist', 'kinit', 'kdestroy', 'ldapsearch'].map((name) => `/usr/bin/${name}`);
  assert.deepEqual(
    [...started].filter((file) => ![...allowed, '/usr/sbin/sssd'].includes(file)),
    [],
  );
  assert.ok(started.has('/usr/bin/ldbmodify') && started.has('/usr/bin/ldapsearch'));
});

test('no name of a person stands in its arguments, and no hash is read', async () => {
  const calls = laptop.read('/root/trace');
  assert.doesNotMatch(calls, /alice|\$6\$|"cachedPassword"/);
});
