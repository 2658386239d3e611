import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { ComputerAccount } from '#activities/directory/computer-account.ts';
import { selfSigned } from '#device-agent/self-signed.ts';
import type { TestDevice } from '#test/support/device.ts';
import { useDeviceListener } from './device-listener.ts';
import { officerOf } from './officers.ts';
import { underDevicesOf } from './under-devices.ts';

/**
 * Devices that are enrolled as the computers that they are, over TLS and real tables; what controllers say is the test's. That a
 * real one says so, and lets nobody else write there, is seen in test/devices/notice.test.ts.
 */
const world = await useDeviceListener();
const priya = await officerOf(world, 'priya');
const MINUTE = 60_000;

interface Validity {
  from: number;
  until: number;
}

/** A certificate of this device's key, as its agent writes one; times in minutes from now. */
function certificate({ key, name }: Pick<TestDevice, 'key' | 'name'>, { from, until }: Validity = { from: -10, until: 15 }): Buffer {
  const at = (minutes: number) => new Date(Date.now() + minutes * MINUTE);
  return Buffer.from(selfSigned(key, name, { from: at(from), until: at(until) }).replaceAll(/-----.*-----|\n/g, ''), 'base64');
}

const nameOf = ({ name }: TestDevice) => `${name.split('.')[0]?.toUpperCase()}$`;
/** What a controller says of the account of a device that has just written its certificate. */
function account(device: TestDevice, more: Partial<ComputerAccount> = {}): ComputerAccount {
  return {
    guid: randomUUID(),
    account: nameOf(device),
    hostName: device.name,
    kind: 'member',
    enabled: true,
    joinedByAnybody: false,
    certificatesChangedAt: new Date(),
    clock: new Date(),
    certificates: [certificate(device)],
    ...more,
  };
}
const said = (...accounts: ComputerAccount[]) => world.computers.splice(0, Number.POSITIVE_INFINITY, ...accounts);

let numbered = 0;
const device = () => world.device(`host-${(numbered += 1)}.bank.test`);
type Leaf = { outcome: string; reason?: string; do: Record<string, unknown> };
async function lastLeaf(): Promise<Leaf> {
  const leaf = await world.superuser.leaf.findFirstOrThrow({ where: { type: 'device.enrolled' }, orderBy: { seq: 'desc' } });
  return JSON.parse(leaf.body) as Leaf;
}
/** Asks, and answers the refusal and why the leaf says it was one. */
async function refusal(asking: TestDevice, as?: string): Promise<unknown[]> {
  const answer = await asking.enrolAs(nameOf(asking), as);
  const leaf = await lastLeaf();
  assert.equal(leaf.reason, answer.body['code']);
  return [answer.status, answer.body['code'], leaf.do['why']];
}
const underDevices = underDevicesOf(world.superuser);

test('a device whose key stands in its computer’s account waits until somebody approves it, and is named by that account for ever', async () => {
  const laptop = await device();
  const seen = account(laptop);
  said(seen);
  const enrolled = await laptop.enrolAs(nameOf(laptop));
  assert.deepEqual([enrolled.status, enrolled.body['state']], [201, 'waiting'], JSON.stringify(enrolled.body));
  const { do: facts, outcome } = await lastLeaf();
  assert.deepEqual([outcome, facts['computer'], facts['ticket'], facts['key']], ['success', seen.guid, null, laptop.keyHash]);
  const again = await laptop.enrolAs(nameOf(laptop));
  assert.equal(again.body['device'], enrolled.body['device'], 'asked again by the same key, the same answer');
  assert.equal((await laptop.report([])).body['code'], 'device-not-approved');
  assert.equal(await world.deed(priya, 'approve', laptop.id), 'done');
  assert.equal((await laptop.report([])).status, 204);
  await world.superuser.device.updateMany({ where: { id: laptop.id }, data: { computerGuid: randomUUID() } });
  assert.equal((await laptop.ask('GET', '')).body['code'], 'device-unknown', 'the account stands under the verifier’s signature');
});

test('nobody is enrolled as a computer in whose account the key does not stand, fresh, by itself, at a controller', async () => {
  const [laptop, other] = [await device(), await device()];
  const cases: [string, ComputerAccount[]][] = [
    ['not-there', []],
    ['not-a-computer', [account(laptop, { kind: 'other' })]],
    ['controller', [account(laptop, { kind: 'controller' })]],
    ['disabled', [account(laptop, { enabled: false })]],
    ['other-name', [account(laptop, { hostName: 'elsewhere.bank.test' })]],
    ['other-name', [account(laptop, { account: 'ELSEWHERE$' })]],
    ['other-name', [account(laptop), account(laptop)]],
    ['no-certificate', [account(laptop, { certificates: [] })]],
    ['no-certificate', [account(laptop, { certificates: [certificate(other), Buffer.from('no certificate'), Buffer.alloc(9000)] })]],
    ['no-certificate', [account(laptop, { certificates: [certificate({ key: other.key, name: laptop.name })] })]],
    ['no-certificate', [account(laptop, { certificates: [certificate({ key: laptop.key, name: other.name })] })]],
    ['no-certificate', [account(laptop, { certificates: [certificate(laptop, { from: -120, until: -60 })] })]],
    ['no-certificate', [account(laptop, { certificates: [certificate(laptop, { from: 10, until: 30 })] })]],
    ['no-certificate', [account(laptop, { certificates: [certificate(laptop, { from: -10, until: 90 })] })]],
    ['stale', [account(laptop, { certificatesChangedAt: new Date(Date.now() - 16 * MINUTE) })]],
    ['stale', [account(laptop, { certificatesChangedAt: new Date(Date.now() + 6 * MINUTE) })]],
    ['stale', [account(laptop, { certificatesChangedAt: undefined })]],
  ];
  for (const [why, accounts] of cases) {
    said(...accounts);
    assert.deepEqual(await refusal(laptop), [403, 'device-account-refused', why]);
  }
  // Somebody who changed a byte of it, and one controller that knows already that the account was disabled.
  const bent = certificate(laptop);
  bent[bent.length - 1] = (bent.at(-1) ?? 0) ^ 1;
  said(account(laptop, { certificates: [bent] }));
  assert.deepEqual(await refusal(laptop), [403, 'device-account-refused', 'no-certificate']);
  const seen = account(laptop);
  said(seen, { ...seen, enabled: false });
  assert.deepEqual(await refusal(laptop), [403, 'device-account-refused', 'disabled']);
  // Another computer's name, with one's own key in one's own account.
  said(account(other));
  assert.deepEqual(await refusal(other, laptop.name), [403, 'device-account-refused', 'other-name']);
  assert.equal(await world.superuser.device.count({ where: { name: laptop.name } }), 0);
});

test('what is shown at one of two controllers is enough, since it takes its time to the other', async () => {
  const laptop = await device();
  const seen = account(laptop);
  said({ ...seen, certificates: [], certificatesChangedAt: undefined }, seen);
  assert.equal((await laptop.enrolAs(nameOf(laptop))).status, 201);
});

test('the policy refuses it, or lets a computer in at once, but never one that anybody may have joined', async () => {
  await underDevices('computerAccounts: refused', async () => {
    const laptop = await device();
    said(account(laptop));
    assert.deepEqual(await refusal(laptop), [403, 'device-account-refused', 'not-allowed']);
  });
  await underDevices('computerAccounts: automatic', async () => {
    const [laptop, theirs] = [await device(), await device()];
    said(account(laptop));
    assert.equal((await laptop.enrolAs(nameOf(laptop))).body['state'], 'active');
    said(account(theirs, { joinedByAnybody: true }));
    assert.equal((await theirs.enrolAs(nameOf(theirs))).body['state'], 'waiting');
  });
});

test('whatever was enrolled or revoked before under its name, its account or its key comes back by a person alone', async () => {
  await underDevices('computerAccounts: automatic', async () => {
    const known = [403, 'device-known-before', 'known-before'];
    const laptop = await device();
    const seen = account(laptop);
    said(seen);
    assert.equal((await laptop.enrolAs(nameOf(laptop))).status, 201);
    // Another key while it is active: its root, or who took its keytab.
    const second = await world.device(laptop.name);
    said({ ...seen, certificates: [certificate(second)] });
    assert.deepEqual(await refusal(second), known);
    assert.equal(await world.deed(priya, 'revoke', laptop.id), 'done');
    said({ ...seen, certificates: [certificate(laptop), certificate(second)] });
    assert.deepEqual(await refusal(second), known);
    assert.deepEqual(await refusal(laptop), known, 'a key that was revoked');
    // The computer under another name.
    const renamed = await device();
    said(account(renamed, { guid: seen.guid }));
    assert.deepEqual(await refusal(renamed), known);
    // A device that was let in by a ticket.
    const byTicket = await device();
    assert.equal((await byTicket.enrol(await world.deed(priya, 'ticket', byTicket.name))).status, 201);
    const inItsPlace = await world.device(byTicket.name);
    said(account(inItsPlace));
    assert.deepEqual(await refusal(inItsPlace), known);
    // A person lets it in.
    assert.equal((await second.enrol(await world.deed(priya, 'ticket', second.name))).status, 201);
  });
});

test('a body that shows both or neither is none, and a name with anything but letters, digits and dashes asks no directory', async () => {
  const laptop = await device();
  said(account(laptop));
  const about = { name: laptop.name, platform: 'linux', agent: '1.0.0' };
  for (const shown of [
    {},
    { ticket: '0000-0000-0000-0000', computer: nameOf(laptop) },
    { computer: 'a)(cn=*$' },
    { computer: laptop.name },
  ]) {
    const answer = await laptop.ask('POST', '/enrolments', { ...about, ...shown });
    assert.deepEqual([answer.status, answer.body['code']], [400, 'bad-request'], JSON.stringify(shown));
  }
});
