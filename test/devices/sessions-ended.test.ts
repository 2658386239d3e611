import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labWithAgent } from '../support/lab-with-agent.ts';
import { patiently } from '../support/patiently.ts';
import { realLogind } from '../support/real-logind.ts';

/**
 * First with systemd’s own logind on the device; then with something in its place, which shows what it is asked, and what is said where it is not there or refuses.
 *
 * @alone SSSD takes itself for offline by time limits of its own.
 */
const { lab, laptop, portal, agent, notice } = await labWithAgent();
const PROGRAM = '/usr/bin/loginctl';

/** A login, a reset of somebody whose old password others may know, and what the device says of it. */
async function taken(account: string, arrange: (uid: string) => Promise<void>): Promise<{ reason: string | null; ticket: boolean }> {
  const OLD = lab.bank.passwordOf(account);
  await patiently(async () => assert.equal(await laptop.login(account, OLD), 'online'), 180);
  const { ccacheFile = '', uidNumber = '' } = await laptop.cached(account);
  await arrange(uidNumber);
  const reset = await notice(account, await lab.reset(account, 'Harbour-Lantern-41'), { endSessions: true });
  portal.tell(reset);
  const { reason } = await portal.said(reset.notice, 'invalidated');
  const { code } = await laptop.run(['test', '-e', ccacheFile.replace('FILE:', '')]);
  assert.equal((await laptop.cached(account))['cachedPassword'], undefined);
  return { reason, ticket: code === 0 };
}

test('whose old password somebody else may know is logged out of the device by logind itself, and what they ran there ends; others stay', async () => {
  const logind = await realLogind(laptop);
  try {
    const others = (await laptop.must(['id', '-u', 'games'])).trim();
    const { reason } = await taken('jonas.berg', async (uid) => {
      await logind.logIn('jonas.berg');
      await logind.logIn('games');
      assert.deepEqual((await logind.loggedIn()).toSorted(), [uid, others].toSorted());
      assert.deepEqual([await logind.isAtWork('jonas.berg'), await logind.isAtWork('games')], [true, true]);
    });
    assert.equal(reason, null);
    await patiently(async () => assert.deepEqual(await logind.loggedIn(), [others]));
    assert.deepEqual([await logind.isAtWork('jonas.berg'), await logind.isAtWork('games')], [false, true]);
  } finally {
    await logind.stop();
  }
});

test('where there is no logind the password and the tickets go all the same, and the device says that sessions go on', async () => {
  await laptop.must(['rm', '-f', PROGRAM]);
  assert.deepEqual(await taken('alice.moreau', async () => {}), { reason: 'sessions-not-ended', ticket: false });
});

test('somebody who is not logged in has no session to end, and logind is not asked', async () => {
  await laptop.must(['mkdir', '-p', '/run/systemd/seats', '/run/systemd/users']);
  assert.deepEqual(await taken('bilal.osman', async () => {}), { reason: null, ticket: false });
});

test('somebody who is logged in is logged out by number, once, also when the notice comes again', async () => {
  laptop.write(PROGRAM, '#!/bin/sh\necho "$@" >> /root/asked\n', 0o755);
  let uid = '';
  const here = async (number: string): Promise<void> => {
    uid = number;
    laptop.write(`/run/systemd/users/${number}`, '');
  };
  assert.deepEqual(await taken('goran.petrovic', here), { reason: null, ticket: false });
  await agent.kill();
  await agent.start();
  await patiently(async () => assert.ok(agent.log().filter(({ event }) => event === 'listening').length >= 2));
  assert.equal(laptop.read('/root/asked'), `terminate-user ${uid}\n`);
});

test('a logind that refuses is reported', async () => {
  laptop.write(PROGRAM, '#!/bin/sh\nexit 1\n', 0o755);
  const here = async (number: string): Promise<void> => laptop.write(`/run/systemd/users/${number}`, '');
  assert.deepEqual(await taken('fatima.noor', here), { reason: 'sessions-not-ended', ticket: false });
});
