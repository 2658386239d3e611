import assert from 'node:assert/strict';
import { createHash, createPublicKey } from 'node:crypto';
import { test } from 'node:test';
import type { SignedByDevice } from '#device-agent/terminal/this-device.ts';
import { readAttest } from '#prisma/device-attest-text.ts';
import { AGENT, STATE } from '../support/agent-on-device.ts';
import { holdAttestSocket } from '../support/attest-socket.ts';
import { labWithAgent } from '../support/lab-with-agent.ts';
import { patiently } from '../support/patiently.ts';

/** @alone SSSD takes itself for offline by time limits of its own. */
const { lab, laptop, portal, agent } = await labWithAgent();
const socket = await holdAttestSocket(laptop, AGENT);
const key = createPublicKey(laptop.read(`${STATE}/key.pem`));
const THIS_DEVICE = new URL('../../device-agent/terminal/this-device.ts', import.meta.url).pathname;
const ALICE = 'alice.moreau';
const OLD = lab.bank.passwordOf(ALICE);

/** What the login screen's own code gets, run as a user of this device. */
async function ask(account: string | null, user = 'reset') {
  const challenge = createHash('sha256').update(`${account} ${Math.random()}`).digest('base64url');
  const code = `import(${JSON.stringify(THIS_DEVICE)}).then(async ({ thisDevice }) => console.log(JSON.stringify((await thisDevice(${JSON.stringify(socket)}).attest(${JSON.stringify(challenge)}, ${JSON.stringify(account)})) ?? null)))`;
  const as = ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--clear-groups', '--no-new-privs', '--'];
  const { stdout, stderr } = await laptop.run([...as, process.execPath, '--disable-warning=ExperimentalWarning', '-e', code]);
  const signed = JSON.parse(stdout || 'null') as SignedByDevice | null;
  if (!signed) return `nothing ${stderr}`.trim();
  const said = readAttest({ text: signed.statement, signature: signed.signature }, key);
  assert.ok(said, 'the device signed it with its own key');
  assert.deepEqual([said.challenge, said.device], [challenge, portal.device()]);
  return said.account;
}

test('a device signs what SSSD itself recorded of an account, by whichever name it is known there, and nothing of whom it does not hold', async () => {
  await patiently(async () => assert.equal(await laptop.login(ALICE, OLD), 'online'), 180);
  const { lastOnlineAuth } = await laptop.cached(ALICE);
  const { sid } = await lab.bank.account(ALICE);
  const held = { sid, lastOnlineAuth: new Date(Number(lastOnlineAuth) * 1000).toISOString() };
  for (const name of [ALICE, ALICE.toUpperCase(), `BANK\\${ALICE}`, `${ALICE}@bank.test`]) assert.deepEqual(await ask(name), held, name);
  for (const name of ['bilal.osman', 'no-such-name', `${ALICE}@other.test`, null]) assert.equal(await ask(name), null, String(name));
});

test('a sign-in from the cache is none that a controller confirmed', async () => {
  const before = await ask(ALICE);
  await laptop.vpn(false);
  await patiently(async () => assert.equal(await laptop.login(ALICE, OLD), 'from-cache'));
  assert.deepEqual(await ask(ALICE), before);
  await laptop.vpn(true);
});

test('only the account of the login screen may ask, and only the one question', async () => {
  assert.equal(await ask(ALICE, 'daemon'), 'nothing');
  const raw = async (text: string): Promise<string> => (await laptop.run([...AGENT, 'attest'], { input: text })).stdout;
  for (const text of [
    '',
    '\n',
    'x'.repeat(5000),
    '{"challenge":"short","account":null}\n',
    `{"challenge":"${'A'.repeat(43)}","account":null,"more":1}\n`,
  ])
    assert.equal(await raw(text), '', text.slice(0, 60));
});

test('what was taken away from the cache is not known any more, and a device that was cut off answers nothing', async () => {
  await laptop.must([
    'sh',
    '-c',
    `printf 'dn: name=${ALICE}@bank.test,cn=users,cn=bank.test,cn=sysdb\\nchangetype: modify\\ndelete: cachedPassword\\n' | ldbmodify -H /var/lib/sss/db/cache_bank.test.ldb`,
  ]);
  assert.equal(await ask(ALICE), null);
  portal.revoke(portal.device());
  await patiently(async () => assert.equal(agent.memory().portalState, 'revoked'));
  assert.equal(await ask(ALICE), 'nothing');
});
