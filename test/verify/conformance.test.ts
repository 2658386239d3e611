import { amount } from '../support/campaign.ts';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { checkConformance, REQUIREMENTS, type Finding } from '#ops/conformance/run.ts';
import type { OperatorAct } from '#ops/conformance/suite.ts';
import { root } from '#ops/paths.ts';
import { bentServer, FAULTS, type Fault } from './bent-server.ts';
import { useDeviceListener } from './device-listener.ts';
import { officerOf } from './officers.ts';
import { enrolled, person } from './world.ts';
import { underDevicesOf } from './under-devices.ts';

/** The suite for third parties against the real listener over real tables, where nothing fails, and against one that is bent, where just that fails. */
const world = await useDeviceListener();
const priya = await officerOf(world, 'priya');
const quentin = await officerOf(world, 'quentin');
const alice = await enrolled(world, person('alice'));
const caPem = readFileSync(world.listener.ca, 'utf8');

async function operator({ act, device }: OperatorAct): Promise<void> {
  if (act === 'revoke') assert.equal(await world.deed(quentin, 'revoke', device), 'done');
  if (act === 'approve') assert.equal(await world.deed(quentin, 'approve', device), 'done');
  if (act === 'reset') await world.verifier.makeNotices({ reset: await world.written(alice), account: alice.guid });
  if (act === 'change') {
    const id = randomUUID();
    await world.superuser.factorTelling.create({ data: { id, accountGuid: alice.guid, outcome: 'key-added' } });
    await world.verifier.tell({ factors: id });
  }
}

const underDevices = underDevicesOf(world.superuser);

let numbered = 0;
async function checked(url: string, of: { enrols?: boolean } = {}): Promise<Finding[]> {
  const name = `conforming-${(numbered += 1)}.bank.test`;
  const ticket = of.enrols === false ? undefined : await world.deed(priya, 'ticket', name);
  return checkConformance({ target: { url: new URL(url), caPem }, ticket, name, sid: alice.sid, waitMs: ticket ? 20_000 : 0, operator });
}
const inShort = (findings: readonly Finding[], result: string) =>
  findings.filter((one) => one.result === result).map(({ number, seen }) => `${number}: ${seen}`);
const isOfPortal = (number: string) => number.startsWith('P');

test('against the real listener everything is tried but the portal, and nothing fails', async () => {
  const findings = await checked(world.listener.devices);
  assert.deepEqual(inShort(findings, 'fail'), []);
  assert.deepEqual(
    findings.filter(({ result, number }) => result === 'not tried' && !isOfPortal(number)).map(({ number }) => number),
    ['E6'],
    'it was active at once',
  );
});

test('without a ticket only what needs no enrolment is tried', async () => {
  const findings = await checked(world.listener.devices, { enrols: false });
  assert.deepEqual(inShort(findings, 'fail'), []);
  assert.deepEqual(
    findings.filter(({ result }) => result === 'pass').map(({ number }) => number),
    ['C1', 'C2', 'C3', 'C4', 'C5', 'C6', 'E1', 'E8', 'F1', 'F2'],
  );
});

test('where somebody has to approve, a device that waits gets nothing until they do, and then all the rest is tried', async () => {
  await underDevices('approval: second-person', async () => {
    const findings = await checked(world.listener.devices);
    assert.deepEqual(inShort(findings, 'fail'), []);
    assert.equal(findings.find(({ number }) => number === 'E6')?.seen, '403 device-not-approved; then approved');
    assert.deepEqual(
      findings.filter(({ result, number }) => result === 'not tried' && !isOfPortal(number)).map(({ number }) => number),
      [],
    );
    const bent = await bentServer(world, 'tells a device that waits everything');
    try {
      assert.deepEqual(
        (await checked(bent.url)).filter(({ result }) => result === 'fail').map(({ number }) => number),
        FAULTS['tells a device that waits everything'],
      );
    } finally {
      await bent.close();
    }
  });
});

/** Every fifth in the ordinary run: each waits for what a bent server leaves out. */
const played = Object.entries(FAULTS)
  .filter(([fault]) => fault !== 'tells a device that waits everything')
  .filter((_, at) => amount(at % 5 === 0, true));

for (const [fault, fails] of played)
  test(`a server with the fault "${fault}" fails ${fails.join(', ')}`, async () => {
    const bent = await bentServer(world, fault as Fault);
    try {
      const failed = (await checked(bent.url)).filter(({ result }) => result === 'fail').map(({ number }) => number);
      assert.deepEqual(failed, fails);
    } finally {
      await bent.close();
    }
  });

test('every requirement stands in the protocol under its number', () => {
  const text = readFileSync(`${root}/docs/device-protocol.md`, 'utf8');
  const numbers = REQUIREMENTS.map(({ number }) => number);
  assert.equal(new Set(numbers).size, numbers.length);
  const written = [...text.matchAll(/^\| ([A-Z]\d+) \|/gm)].map(([, number]) => number);
  assert.deepEqual(written, numbers);
});
