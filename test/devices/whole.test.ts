import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { codeFromBytes, RECOVERY_CODE_SYMBOLS } from '#domain/codes.ts';
import { openEnroller } from '#ops/enrolment.ts';
import { agentOn, type AgentOnDevice } from '#test/support/agent-on-device.ts';
import { deviceDeed, deviceTicket } from '#test/support/device-tickets.ts';
import { administrator, asAdministrator } from '#test/support/directory.ts';
import { hire, type Hired } from '#test/support/hired.ts';
import type { Client } from '#test/support/http-client.ts';
import type { MemberDevice } from '#test/support/member-device.ts';
import { membersOfLoopback } from '#test/support/members-of-loopback.ts';
import { patiently } from '#test/support/patiently.ts';
import { privilegedRule } from '#test/support/policies.ts';
import { claimant, freshPassword, signedIn } from '#test/support/scenes.ts';
import { underPolicy } from '#test/support/under-policy.ts';
import { useWorld } from '#test/support/world.ts';

/** From the portal's page to the login of a laptop: nothing here is in the place of something else, but for the person and the cable. */
let officer: { http: Client; account: string };
let laptop: MemberDevice;
let agent: AgentOnDevice;
let staff: [Hired, Hired];
const endings: (() => Promise<void> | void)[] = [];
const world = useWorld(async (made) => {
  const { stack, people } = made;
  officer = { account: 'quentin.roux', http: await signedIn(stack.run, people, 'quentin.roux') };
  endings.push(() => officer.http.close());
  const { hired, dismiss } = await hire(made, 'Staff', 2);
  staff = hired as [Hired, Hired];
  endings.push(dismiss);
  // Its own: the world's is closed before what this file has to undo.
  const directory = asAdministrator(stack.state);
  endings.push(() => directory.close());
  const lab = await membersOfLoopback(
    {
      controller: new URL(stack.run.directory.url).hostname,
      portal: Number(new URL(stack.run.devices).port),
      administrator: directory,
      password: administrator.password(stack.state),
    },
    ['whole-1'],
  );
  endings.push(lab.leave);
  [laptop] = lab.devices as [MemberDevice];
  agent = agentOn(laptop, { url: stack.run.devices }, readFileSync(stack.run.ca, 'utf8'));
});
after(async () => {
  for (const end of endings.toReversed()) await end();
});

/** The person's own way through the portal. Ends where the new password is on its way. */
async function choose(person: Hired, password: string): Promise<string> {
  const who = claimant(world.stack.run);
  assert.equal((await who.name(person.account)).status, 201);
  assert.equal((await who.prove(person.recoveryCode())).status, 200);
  const factor = await who.factor(person.code());
  assert.equal(factor.status, 200, factor.text);
  const chosen = await who.choose(password);
  assert.equal(chosen.status, 202, chosen.text);
  who.close();
  return world.resetId(who.reference);
}

/** What this laptop said of a reset, as it is recorded. */
const told = (reset: string) =>
  world.people.sql<{ stage: string; reached: string | null; online: string | null }>(
    `SELECT body::jsonb #>> '{do,stage}' AS stage, body::jsonb #>> '{do,controllerReachable}' AS reached, body::jsonb #>> '{do,lastOnlineAuth}' AS online
       FROM leaf WHERE reset_id = $1 AND type = 'notice.acknowledged' AND body::jsonb #>> '{do,device}' = $2 ORDER BY seq`,
    [reset, agent.memory().device],
  );
const said = (reset: string, stage: string) =>
  patiently(async () => {
    const leaf = (await told(reset)).find((one) => one.stage === stage);
    assert.ok(leaf, `${stage} is not recorded; the agent says ${JSON.stringify(agent.log().slice(-5))}`);
    return leaf;
  });
const reported = (person: Hired) =>
  patiently(async () => {
    const rows = await world.people.sql('SELECT 1 FROM device_account WHERE device_id = $1 AND name = $2', [
      agent.memory().device,
      person.account,
    ]);
    assert.equal(rows.length, 1, `it is not reported; the agent says ${JSON.stringify(agent.log().slice(-5))}`);
  });
const hasPassword = async (person: Hired): Promise<boolean> => (await laptop.cached(person.account))['cachedPassword'] !== undefined;
const online = (person: Hired, password: string) =>
  patiently(async () => assert.equal(await laptop.login(person.account, password), 'online'));

test('a laptop is enrolled as the computer that it is once an officer approved it, and says whose password it remembers', async () => {
  const refused = await agent.verb('enrol', '0000-0000-0000-0000');
  assert.equal(refused.stderr, 'The portal refused: device-ticket-refused.\n');
  const enrolled = await agent.verb('enrol-as-computer');
  assert.equal(enrolled.stdout, 'whole-1.bank.test is enrolled and waits to be approved in the console.\n', enrolled.stderr);
  const approved = await deviceDeed(world.people, officer, agent.memory().device, 'approval');
  assert.equal(approved.status, 200, approved.text);
  await agent.start();
  for (const person of staff) await online(person, person.password);
  for (const person of staff) await reported(person);
  const status = JSON.parse((await agent.verb('status')).stdout) as Record<string, unknown>;
  assert.deepEqual([status['state'], status['verb'], status['reportEvery']], ['active', 'invalidate', 900]);
  const shown = await officer.http.get<{ sssd: { layout: string }; key: string; computer: string | null; enrolledBy: string | null }>(
    `/api/v1/devices/${agent.memory().device}`,
  );
  assert.deepEqual([shown.body.sssd.layout, shown.body.key, shown.body.enrolledBy], ['known', status['fingerprint'], null]);
  assert.match(shown.body.computer ?? '', /^[0-9a-f-]{36}$/);
});

test('the laptop says at its login screen that it knows who works there, and of nobody else; the reset shows which laptop it was', async () => {
  const [, person] = staff;
  const rules = `rules:${privilegedRule}
  - id: known
    when: { protected: false }
    accept: [{ name: this laptop and the authenticator, proofs: [known-device], factors: [totp] }]
    approvals: []`;
  await underPolicy(world.stack, rules, async () => {
    const who = claimant(world.stack.run);
    const at = (step: string) => `/api/v1/portal/resets/${who.reference}${step}`;
    /** What the agent of this laptop signs for the portal's challenge, as the login screen brings it. */
    const signed = async (purpose: string, account: string | null) => {
      const { body } = await who.http.post<{ ceremony: string; challenge: string }>(at('/device/challenge'), { purpose });
      const answer = await agent.verb('attest', `${JSON.stringify({ challenge: body.challenge, account })}\n`);
      return { ceremony: body.ceremony, ...(JSON.parse(answer.stdout) as { statement: string; signature: string }) };
    };
    assert.equal((await who.name(person.account)).status, 201);
    const there = await who.http.post(at('/device'), await signed('source-device', null));
    assert.deepEqual(there.body, { device: 'whole-1.bank.test', knownDevice: true });
    const prove = (said: object) => who.http.post<{ code: string }>(at('/proofs'), { proof: 'known-device', ...said });
    const stranger = await prove(await signed('known-device', 'quentin.roux'));
    assert.deepEqual([stranger.status, stranger.body.code], [422, 'proof-not-accepted']);
    const good = await signed('known-device', person.account);
    assert.equal((await prove(good)).status, 200);
    const reset = await world.resetId(who.reference);
    const shown = await officer.http.get<{ sourceDevice: { id: string; name: string } }>(`/api/v1/resets/${reset}`);
    assert.deepEqual(shown.body.sourceDevice, { id: agent.memory().device, name: 'whole-1.bank.test' });
    await who.cancel();
    who.close();
  });
});

test('a reset that was made while the cable was out reaches the laptop with it: the old password is refused, the new one taken after one login', async () => {
  const [person] = staff;
  const password = freshPassword();
  laptop.plug(false);
  const reset = await choose(person, password);
  await patiently(async () => assert.equal((await world.people.bind(person.account, password)).answer, 'ok'));
  assert.equal(await laptop.login(person.account, person.password), 'from-cache');
  laptop.plug(true);
  // Whether the controller was reached as well depends on what the cable brings back first.
  await said(reset, 'invalidated');
  laptop.plug(false);
  assert.equal(await laptop.login(person.account, person.password), 'refused');
  assert.equal(await laptop.login(person.account, password), 'refused');
  laptop.plug(true);
  await online(person, password);
  assert.ok((await said(reset, 'refreshed')).online);
  laptop.plug(false);
  assert.equal(await laptop.login(person.account, person.password), 'refused');
  assert.equal(await laptop.login(person.account, password), 'from-cache');
  laptop.plug(true);
  assert.deepEqual(
    (await told(reset)).map(({ stage }) => stage),
    ['received', 'invalidated', 'refreshed'],
  );
  const shown = await officer.http.get<{ notices: { reset: string; state: string }[] }>(`/api/v1/devices/${agent.memory().device}`);
  assert.equal(shown.body.notices.find((notice) => notice.reset === reset)?.state, 'refreshed');
  const workflow = world.temporal.client.workflow.getHandle(`notices/${reset}`);
  const [byHand] = await world.people.sql<{ count: string }>(`SELECT count(*) FROM notice WHERE reset_id = $1 AND state = 'by-hand'`, [
    reset,
  ]);
  assert.equal(byHand?.count, '2', 'those without an agent are seen to by hand');
  await patiently(async () => assert.equal((await workflow.describe()).status.name, 'COMPLETED'));
});

test('a change of what somebody signs in with is told on their terminal at the laptop, and to nobody else there, and the console says that it was shown', async () => {
  const [person, other] = staff;
  // Only a device that says whose password it remembers is told, and after the reset of before this one said that it remembers none.
  await reported(person);
  const terminals = await Promise.all(
    staff.map(async ({ account }) => {
      const uid = (await laptop.must(['id', '-u', account])).trim();
      const program = laptop.start(['setpriv', '--reuid', uid, '--clear-groups', 'script', '-q', '-c', 'tty; exec sleep 600', '/dev/null']);
      const shown: string[] = [];
      program.stdout?.on('data', (chunk: Buffer) => void shown.push(chunk.toString('latin1')));
      await patiently(async () => assert.match(shown.join(''), /pts/));
      return () => shown.join('');
    }),
  );
  const enroller = await openEnroller(world.stack.state);
  const codes = [1, 2].map(() => codeFromBytes(randomBytes(RECOVERY_CODE_SYMBOLS)));
  await enroller.enrol({ account: person.account, recoveryCodes: codes }).finally(() => enroller.close());
  await patiently(async () => assert.ok(terminals[0]?.().includes('You have new recovery codes.'), terminals[0]?.()));
  type Shown = { notices: { id: string; change: string | null; account: string | null; state: string }[] };
  const notice = await patiently(async () => {
    const { body } = await officer.http.get<Shown>(`/api/v1/devices/${agent.memory().device}`);
    const one = body.notices.find(({ change }) => change === 'codes-renewed');
    assert.deepEqual([one?.account, one?.state], [person.account, 'shown']);
    return one;
  });
  const [row] = await world.people.sql<{ about: string }>('SELECT factor_telling_id AS about FROM notice WHERE id = $1', [notice?.id]);
  const workflow = world.temporal.client.workflow.getHandle(`notices/${row?.about}`);
  await patiently(async () => assert.equal((await workflow.describe()).status.name, 'COMPLETED'));
  assert.doesNotMatch(terminals[1]?.() ?? '', /Countersign/, other.account);
});

test('with the portal gone in the middle of a reset the laptop finds out by itself, and says so when both were started again', async () => {
  const [, person] = staff;
  const password = freshPassword();
  laptop.plug(false);
  const reset = await choose(person, password);
  await world.stack.kill('api');
  try {
    await patiently(async () => assert.equal((await world.people.bind(person.account, password)).answer, 'ok'));
    laptop.plug(true);
    await patiently(async () => assert.equal(await hasPassword(person), false));
    assert.deepEqual(await told(reset), []);
    await agent.kill();
    await agent.start({ untilListening: false });
  } finally {
    await world.stack.restart('api');
  }
  await said(reset, 'invalidated');
  await online(person, password);
  await said(reset, 'refreshed');
  assert.equal(await laptop.login(person.account, person.password), 'refused');
  assert.deepEqual(
    (await told(reset)).map(({ stage }) => stage),
    ['received', 'invalidated', 'refreshed'],
  );
});

test('a laptop that is revoked is cut off at once, keeps no connection, and does not come again', async () => {
  const port = new URL(world.stack.run.devices).port;
  const connections = async (): Promise<string> => laptop.must(['ss', '-Htn', 'state', 'established', `( dport = :${port} )`]);
  await patiently(async () => assert.notEqual(await connections(), ''));
  const began = performance.now();
  const revoked = deviceDeed(world.people, officer, agent.memory().device, 'revocation');
  await patiently(async () => assert.equal(agent.memory().portalState, 'revoked'));
  const took = performance.now() - began;
  assert.equal((await revoked).status, 200);
  await patiently(async () => assert.equal(await connections(), ''));
  console.log(`from the officer's word to the agent that knows: ${Math.round(took)} ms`);
  assert.match((await agent.verb('status')).stdout, /"state": "revoked"/);
  assert.ok(took < 10_000, `${took} ms`);
});

test('with a new key it does not come back as a computer, but with a ticket', async () => {
  await agent.kill();
  assert.equal((await agent.verb('forget')).code, 0);
  const refused = await agent.verb('enrol-as-computer');
  assert.equal(refused.stderr, 'The portal refused: device-known-before.\n');
  const enrolled = await agent.verb('enrol', await deviceTicket(world.people, officer, 'whole-1.bank.test'));
  assert.equal(enrolled.stdout, 'whole-1.bank.test is enrolled.\n', enrolled.stderr);
});
