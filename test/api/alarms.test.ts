import assert from 'node:assert/strict';
import { test } from 'node:test';
import { raiseAlarm } from '#activities/raise-alarm.ts';
import { uuidv7 } from '#prisma/uuid.ts';
import { useApp } from './app-under-test.ts';

const app = await useApp();
const OFFICER = 'b7a3c1de-0000-4000-8000-00000000000a';
const OTHER = 'b7a3c1de-0000-4000-8000-00000000000b';
const verifier = app.database.as('verifier');

interface Item {
  id: string;
  kind: string;
  title: string;
  account: string | null;
  about: string | null;
  reset: string | null;
  acknowledged: { name: string }[];
  whyNot: string | null;
}

async function raise(subject: string, reset?: string): Promise<void> {
  await verifier.$transaction((tx) =>
    raiseAlarm(tx, { kind: 'no-approver', subject, ...(reset === undefined ? {} : { reset }) }, 'verifier'),
  );
}

async function aReset(name: string): Promise<string> {
  const id = uuidv7();
  await app.owner.reset.create({
    data: { id, reference: id.slice(-14), browserHash: new Uint8Array(32), next: {}, source: '10.0.0.7', displayName: name },
  });
  return id;
}

async function alarms(headers: Record<string, string>): Promise<Item[]> {
  const { status, body } = await app.ask('GET', '/api/v1/alarms', { headers });
  assert.equal(status, 200);
  return body['items'] as Item[];
}

const acknowledge = (id: string, headers: Record<string, string>) => app.ask('POST', `/api/v1/alarms/${id}/acknowledgements`, { headers });
const openFor = async (headers: Record<string, string>) => (await app.ask('GET', '/api/v1/summary', { headers })).body['openAlarms'];
const metric = async () => /^countersign_open_alarms\{kind="no-approver"\} (\d+)$/m.exec((await app.ask('GET', '/metrics')).text)?.[1];
const leaves = async (type: string) => app.owner.leaf.findMany({ where: { type }, orderBy: { seq: 'asc' } });

test('an alarm is raised once for what it is about, is open until one officer has looked, and keeps who did', async () => {
  const reset = await aReset('Tomas Vrba');
  await raise(reset, reset);
  await raise(reset, reset);
  const [officer, other] = [await app.signedIn(['security-officer'], OFFICER), await app.signedIn(['administrator'], OTHER)];
  const [item, ...more] = await alarms(officer);
  assert.ok(item);
  assert.deepEqual(more, []);
  assert.deepEqual([item.account, item.reset, item.acknowledged, item.whyNot], ['Tomas Vrba', reset, [], null]);
  assert.equal((await leaves('alarm.raised')).length, 1);
  assert.deepEqual([await openFor(officer), await openFor(other), await metric()], [1, 1, '1']);

  assert.equal((await acknowledge(item.id, officer)).status, 200);
  assert.equal((await acknowledge(item.id, officer)).status, 200, 'once more changes nothing');
  assert.deepEqual([await openFor(officer), await openFor(other), await metric()], [0, 0, '0']);
  assert.equal((await alarms(officer))[0]?.whyNot, 'acknowledged');
  assert.equal((await acknowledge(item.id, other)).status, 200);
  assert.equal((await alarms(other))[0]?.acknowledged.length, 2);
  const [first, second, third] = await leaves('alarm.acknowledged');
  assert.deepEqual([first?.actor, second?.actor, third], [OFFICER, OTHER, undefined]);
  assert.equal(first?.resetId, reset, 'it stands in the chain of its reset');
});

test('an alarm that is about no reset has its leaf too, and open ones stand before all others', async () => {
  await raise('an act');
  const officer = await app.signedIn(['security-officer'], OFFICER);
  const [first, second] = await alarms(officer);
  assert.deepEqual([first?.acknowledged.length, first?.reset, first?.account], [0, null, null]);
  assert.ok((second?.acknowledged.length ?? 0) > 0);
  assert.match((await leaves('alarm.raised')).at(-1)?.body ?? '', /"subject":"an act"/);
});

test('alarms call officers and administrators: auditors read, nobody else sees them', async () => {
  const [open] = await alarms(await app.signedIn(['security-officer'], OFFICER));
  const auditor = await app.signedIn(['auditor'], OTHER);
  assert.equal((await alarms(auditor))[0]?.whyNot, 'not-called');
  assert.equal((await acknowledge(open?.id ?? '', auditor)).status, 403);
  const approver = await app.signedIn(['approver', 'help-desk', 'operator'], OTHER);
  assert.equal((await app.ask('GET', '/api/v1/alarms', { headers: approver })).status, 403);
  assert.deepEqual([await openFor(auditor), await openFor(approver)], [0, 0]);
  const officer = await app.signedIn(['security-officer'], OFFICER);
  assert.equal((await acknowledge(uuidv7(), officer)).status, 404);
});
