import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mock, test } from 'node:test';
import { Client } from 'pg';
import { root } from '#ops/paths.ts';
import { requestCode } from '#domain/request-code.ts';
import { loadPolicy } from '#prisma/policies.ts';
import { openApprovals, recordDecision } from '#test/support/open-approvals.ts';
import { useApp } from './app-under-test.ts';

const app = await useApp();

interface Item {
  id: string;
  resetId: string;
  accountName: string;
  mayDecide: boolean;
  whyNot: string | null;
  expiresAt: string | null;
}
interface Context extends Item {
  clock: { at: string; do: string }[];
  networks: string[];
  devices: { name: string; platform: string }[];
  similar: { same: string; by: string; decision: string; reason?: string; reset: string; accountName: string }[];
  fromSameSource: { count: number; seen: { reset: string }[] };
}

async function page(headers: Record<string, string>, query: string): Promise<{ items: Item[]; nextCursor?: string }> {
  const { status, body, text } = await app.ask('GET', `/api/v1/approvals?${query}`, { headers });
  assert.equal(status, 200, text);
  return body as unknown as { items: Item[]; nextCursor?: string };
}

async function allPages(headers: Record<string, string>, query: string): Promise<Item[]> {
  const items: Item[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined;) {
    const read: { items: Item[]; nextCursor?: string } = await page(headers, query + (cursor && `&cursor=${cursor}`));
    items.push(...read.items);
    cursor = read.nextCursor;
  }
  return items;
}

const waitingForMe = async (headers: Record<string, string>) =>
  (await app.ask('GET', '/api/v1/summary', { headers })).body['approvalsWaitingForMe'];
const show = (headers: Record<string, string>, id: string) => app.ask('GET', `/api/v1/approvals/${id}`, { headers });
const hours = (count: number) => new Date(Date.now() + count * 3_600_000);

test('what is mine to decide now stands first by its deadline, and the menu counts just that', async () => {
  const [me, other] = [randomUUID(), randomUUID()];
  const headers = await app.signedIn(['approver'], me);
  const made = await openApprovals(app.owner, [
    { eligible: [me], name: 'Late', expiresAt: hours(9) },
    { eligible: [me, other], name: 'Soon', expiresAt: hours(1) },
    { eligible: [me], name: 'Never', expiresAt: null },
    { eligible: [me], name: 'Me', account: me },
    { eligible: [me], name: 'Decided by me', stage: 1 },
    { eligible: [me], name: 'Decided for me', stage: 1 },
    { eligible: [me], name: 'Over', ended: true },
    { eligible: [other], name: 'Theirs' },
  ]);
  await recordDecision(app.owner, made[4]?.reset ?? '', { by: me, decision: 'approve' });
  await recordDecision(app.owner, made[5]?.reset ?? '', {
    by: other,
    decision: 'approve',
    onBehalfOf: { person: me, delegation: randomUUID() },
  });
  const names = (items: Item[]) => items.map(({ accountName }) => accountName);
  assert.deepEqual(names((await page(headers, 'part=mine')).items), ['Soon', 'Late', 'Never']);
  assert.equal(await waitingForMe(headers), 3);
  const others = (await page(headers, 'part=others')).items;
  assert.deepEqual(
    new Map(others.map(({ accountName, whyNot }) => [accountName, whyNot])),
    new Map([
      ['Me', 'own-account'],
      ['Decided by me', 'already-decided'],
      ['Decided for me', 'already-decided'],
    ]),
  );
  assert.deepEqual(names((await page(headers, 'part=over')).items), ['Over']);
  for (const limit of [1, 2, 3])
    assert.deepEqual(names(await allPages(headers, `part=mine&limit=${limit}`)), ['Soon', 'Late', 'Never'], `${limit} a page`);

  const auditor = await app.signedIn(['auditor'], me);
  assert.deepEqual((await page(auditor, 'part=mine')).items, [], 'an auditor decides nothing');
  assert.equal(await waitingForMe(auditor), 0);
  assert.equal(names((await page(auditor, 'part=others')).items).includes('Theirs'), true);
  for (const cursor of ['x', '-', '99999999999999999-a', `1-${'a'.repeat(36)}`])
    assert.equal((await app.ask('GET', `/api/v1/approvals?cursor=${cursor}`, { headers })).body['code'], 'bad-request', cursor);
});

test('an approval is found by its request code, its reference and a part of the name, and nobody finds what is not theirs', async () => {
  const [me, other] = [randomUUID(), randomUUID()];
  const headers = await app.signedIn(['approver'], me);
  const [mine, theirs] = await openApprovals(app.owner, [
    { eligible: [me], name: 'Łukasz 100%_Żak' },
    { eligible: [other], name: 'Łukasz Żak' },
  ]);
  assert.ok(mine && theirs);
  const find = async (typed: string) => (await page(headers, `find=${encodeURIComponent(typed)}`)).items.map(({ id }) => id);
  for (const typed of [requestCode(mine.reset), requestCode(mine.reset).toLowerCase(), mine.reference, '100%_', 'KASZ'])
    assert.deepEqual(await find(typed), [mine.approval], typed);
  for (const typed of [requestCode(theirs.reset), theirs.reference, '%', '_zak', 'ines'])
    assert.deepEqual(await find(typed), typed === '%' ? [mine.approval] : [], typed);
});

const POLICY = readFileSync(`${root}/ops/policy/demo-bank.yaml`, 'utf8');

test('a decision page tells what was decided before, what else is asked for from there, the devices and the clock', async () => {
  const [me, account, colleague] = [randomUUID(), randomUUID(), randomUUID()];
  const headers = await app.signedIn(['approver'], me);
  const { sha256, policy } = await app.owner.$transaction((tx) => loadPolicy(tx, POLICY, { type: 'operator', uid: '0' }));
  const rule = policy.rules.find(({ approvals }) => approvals.length > 0);
  assert.ok(rule);
  const common = { source: '10.9.9.9', policy: { sha256, rule: rule.id }, label: rule.approvals[0]?.label ?? '' };
  const stranger = 'CN=Eve,OU=Elsewhere,DC=bank,DC=test';
  const [now, before, alike, unseen, elsewhere, ,] = await openApprovals(app.owner, [
    { ...common, eligible: [me], account },
    { ...common, eligible: [me], account, state: 'denied', ended: true },
    { ...common, eligible: [me], name: 'Nadia', state: 'approved', ended: true },
    { ...common, eligible: [colleague], account, state: 'approved', ended: true },
    { ...common, eligible: [me], dn: stranger, state: 'approved', ended: true },
    { ...common, eligible: [colleague], name: 'Not mine to see' },
    { ...common, eligible: [me], name: 'Mine to see' },
  ]);
  assert.ok(now && before && alike && unseen && elsewhere);
  await recordDecision(app.owner, before.reset, { by: me, decision: 'deny', reason: 'She had not called' });
  await recordDecision(app.owner, alike.reset, { by: me, decision: 'approve', reason: 'I know him' });
  await recordDecision(app.owner, unseen.reset, { by: colleague, decision: 'approve', reason: 'a secret of others' });
  await recordDecision(app.owner, elsewhere.reset, { by: me, decision: 'approve', reason: 'another unit' });
  await app.owner.device.create({
    data: { id: randomUUID(), accountGuid: account, accountName: 'rosa.klein', name: 'PC-7', platform: 'windows' },
  });

  const { status, text, body } = await show(headers, now.approval);
  assert.equal(status, 200, text);
  const seen = body as unknown as Context;
  assert.deepEqual(
    seen.similar.map(({ same, by, decision, reason, reset }) => [same, by, decision, reason, reset]),
    [
      ['account', 'Approver 1', 'deny', 'She had not called', before.reset],
      ['kind', 'Approver 1', 'approve', 'I know him', alike.reset],
    ],
  );
  assert.equal(seen.fromSameSource.count, 2);
  assert.equal(seen.fromSameSource.seen.length, 1);
  assert.ok(!text.includes('Not mine to see') && !text.includes('a secret of others'));
  assert.deepEqual(seen.devices, [{ name: 'PC-7', platform: 'windows' }]);
  assert.equal(seen.clock.at(-1)?.do, 'expire');
  assert.deepEqual(
    seen.clock.map(({ at }) => at),
    seen.clock.map(({ at }) => at).toSorted(),
  );
  assert.equal(seen.mayDecide, true);

  for (const [who, roles] of [
    ['a colleague who was not asked', ['approver']],
    ['the help desk', ['help-desk']],
    ['an operator', ['operator']],
  ] as const) {
    const answer = await show(await app.signedIn([...roles], randomUUID()), now.approval);
    assert.equal(answer.body['code'], roles[0] === 'approver' ? 'not-found' : 'role-needed', who);
  }
  const officer = (await show(await app.signedIn(['security-officer'], randomUUID()), now.approval)).body as unknown as Context;
  assert.deepEqual(
    [officer.mayDecide, officer.fromSameSource.seen.length],
    [false, 2],
    'an officer sees every reset, and decides only what is asked of them',
  );
  const reads = await app.owner.leaf.count({ where: { type: 'audit.read' } });
  assert.equal((await show(await app.signedIn(['auditor'], randomUUID()), now.approval)).status, 200);
  assert.equal(await app.owner.leaf.count({ where: { type: 'audit.read' } }), reads + 1, 'whoever looks only to know is in the log');
});

test('an inbox of a thousand is read a page at a time, in as many questions and as few bytes as one of fifty', async () => {
  const [few, many, colleague] = [randomUUID(), randomUUID(), randomUUID()];
  await openApprovals(app.owner, [
    ...Array.from({ length: 51 }, () => ({ eligible: [few] })),
    ...Array.from({ length: 1000 }, (_, at) => ({ eligible: [many, colleague], expiresAt: hours(1 + (at % 7)) })),
  ]);
  const cost = async (me: string, path: string) => {
    const headers = await app.signedIn(['approver'], me);
    const asked = mock.method(Client.prototype, 'query');
    try {
      const { text, body } = await app.ask('GET', path, { headers });
      return { questions: asked.mock.callCount(), bytes: Buffer.byteLength(text), items: (body['items'] as Item[] | undefined)?.length };
    } finally {
      asked.mock.restore();
    }
  };
  for (const path of [
    '/api/v1/approvals?part=mine',
    '/api/v1/approvals?part=others',
    '/api/v1/approvals?part=mine&find=rosa',
    '/api/v1/summary',
  ]) {
    const [small, large] = [await cost(few, path), await cost(many, path)];
    assert.equal(large.questions, small.questions, path);
    assert.ok(large.questions <= 12, `${path}: ${large.questions} questions`);
    assert.ok(large.bytes <= 80_000, `${path}: ${large.bytes} bytes`);
    assert.equal(large.items, small.items, path);
  }
  const headers = await app.signedIn(['approver'], many);
  const all = await allPages(headers, 'part=mine&limit=200');
  assert.equal(new Set(all.map(({ id }) => id)).size, 1000);
  assert.deepEqual(
    all.map(({ expiresAt }) => expiresAt),
    all.map(({ expiresAt }) => expiresAt).toSorted((a, b) => String(a).localeCompare(String(b))),
  );
  assert.equal(await waitingForMe(headers), 1000);
});
