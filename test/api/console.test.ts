import assert from 'node:assert/strict';
import { test } from 'node:test';
import Papa from 'papaparse';
import { appendLeaf } from '#prisma/leaves.ts';
import { uuidv7 } from '#prisma/uuid.ts';
import { useApp } from './app-under-test.ts';

const app = await useApp();
const APPROVER = 'b7a3c1de-0000-4000-8000-00000000000a';
const OTHER = 'b7a3c1de-0000-4000-8000-00000000000b';

async function aReset(name: string, eligible: string[], account = uuidv7()): Promise<{ id: string; approval: string }> {
  const id = uuidv7();
  const approval = uuidv7();
  await app.owner.reset.create({
    data: {
      id,
      reference: id.slice(-14).toUpperCase(),
      browserHash: new Uint8Array(32),
      state: 'awaiting-approval',
      waitingFor: 'manager',
      next: {},
      accountGuid: account,
      accountName: name,
      displayName: name,
      protectedBy: 'Domain Admins',
      source: '10.0.0.7',
      runId: uuidv7(),
    },
  });
  await app.owner.approval.create({
    data: {
      id: approval,
      resetId: id,
      stage: 0,
      label: 'manager',
      state: 'waiting',
      eligible,
      eligibleNames: eligible.map(() => 'Some Manager'),
      openedAt: new Date(Date.now() - 60_000),
    },
  });
  return { id, approval };
}

test('an approver sees the resets that wait for them and no others', async () => {
  const mine = await aReset('mine.one', [APPROVER]);
  const others = await aReset('others.one', [OTHER]);
  const approver = await app.signedIn(['approver'], APPROVER);
  const items = async (path: string, headers: Record<string, string>) =>
    ((await app.ask('GET', path, { headers })).body['items'] as { id: string }[]).map(({ id }) => id);
  assert.deepEqual(await items('/api/v1/resets', approver), [mine.id]);
  assert.equal((await app.ask('GET', `/api/v1/resets/${others.id}`, { headers: approver })).status, 404);
  assert.equal((await app.ask('GET', `/api/v1/resets/${mine.id}`, { headers: approver })).status, 200);
  assert.equal((await app.ask('GET', `/api/v1/resets/${mine.id}/history`, { headers: approver })).body['code'], 'role-needed');
  assert.deepEqual(await items('/api/v1/approvals', approver), [mine.approval]);
  const auditor = await app.signedIn(['auditor'], OTHER);
  assert.deepEqual(new Set(await items('/api/v1/resets', auditor)), new Set([mine.id, others.id]));
  assert.deepEqual(await items('/api/v1/resets?account=OTHERS', auditor), [others.id]);
  const { body } = await app.ask('GET', '/api/v1/approvals', { headers: approver });
  const [item] = body['items'] as Record<string, unknown>[];
  assert.deepEqual(
    [item?.['mine'], item?.['mayDecide'], item?.['whyNot'], item?.['privilegedBecause'], item?.['source']],
    [true, true, null, 'Domain Admins', '10.0.0.7'],
  );
  const summary = await app.ask('GET', '/api/v1/summary', { headers: approver });
  assert.equal(summary.body['approvalsWaitingForMe'], 1);
  assert.ok(Number(summary.body['oldestWaitSeconds']) >= 60);
});

test('a decision is judged by its form first, and on what has ended it is not taken', async () => {
  const { id, approval } = await aReset('ended.one', [APPROVER]);
  const headers = await app.signedIn(['approver'], APPROVER);
  const decide = async (of: string, body: object) =>
    (await app.ask('POST', `/api/v1/approvals/${of}/decisions`, { headers, body: JSON.stringify(body) })).body['code'];
  const right = { decision: 'approve', reason: 'because', totp: '123456' };
  for (const more of [
    { decision: 'maybe' },
    { reason: '  ' },
    { reason: undefined },
    { totp: 123_456 },
    { approver: OTHER },
    { reason: 'x'.repeat(1001) },
  ])
    assert.equal(await decide(approval, { ...right, ...more }), 'bad-request');
  assert.equal(await decide(OTHER, right), 'not-found');
  await app.owner.reset.update({ where: { id }, data: { state: 'refused', endedAt: new Date() } });
  assert.equal(await decide(approval, right), 'approval-closed');
  assert.equal(await app.owner.statedReason.count(), 0);
});

test('pages by cursor show every reset once, newest first', async () => {
  const headers = await app.signedIn(['operator']);
  const seen: string[] = [];
  for (let cursor = ''; ;) {
    const { body } = await app.ask('GET', `/api/v1/resets?limit=2${cursor}`, { headers });
    const { items, nextCursor } = body as { items: { id: string }[]; nextCursor?: string };
    seen.push(...items.map(({ id }) => id));
    if (nextCursor === undefined) break;
    cursor = `&cursor=${nextCursor}`;
  }
  assert.equal(seen.length, await app.owner.reset.count());
  assert.deepEqual(seen, seen.toSorted().toReversed());
});

test('an export is safe to open in a spreadsheet, and whoever reads is in the stream', async () => {
  const evil = ['=HYPERLINK("http://x")', '+1', '-1', '@SUM(1)', '\tx', 'a,"b"\nc'];
  for (const reason of evil)
    await app.owner.$transaction((tx) => appendLeaf(tx, { type: 'reset.refused', outcome: 'denied', reason }, 'test'));
  const headers = await app.signedIn(['auditor']);
  const { text, headers: answered } = await app.ask('GET', '/api/v1/audit/events.csv?type=reset.refused', { headers });
  assert.match(String(answered['content-type']), /^text\/csv/);
  assert.match(String(answered['content-disposition']), /attachment/);
  const { data } = Papa.parse<Record<string, string>>(text, { header: true });
  assert.equal(data.length, evil.length);
  for (const row of data) for (const [column, cell] of Object.entries(row)) assert.ok(!/^[=+\-@\t\r]/.test(cell), `${column}: ${cell}`);
  assert.equal(data.find((row) => row['reason']?.startsWith('a'))?.['reason'], 'a,"b"\nc');

  for (let page = 0; page < 3; page++) await app.ask('GET', '/api/v1/audit/events?outcome=denied&limit=2', { headers });
  const reads = await app.owner.leaf.findMany({ where: { type: 'audit.read' }, orderBy: { seq: 'asc' } });
  assert.deepEqual(
    reads.map(({ body }) => (JSON.parse(body) as { do: { kind: string } }).do.kind),
    ['export', 'read'],
  );
});

test('a session ends by idleness, by its absolute end and by signing out', async () => {
  await app.owner.session.deleteMany();
  const status = async (headers: Record<string, string>) => (await app.ask('GET', '/api/v1/session', { headers })).status;
  const idle = await app.signedIn(['auditor']);
  assert.equal(await status(idle), 200);
  await app.owner.session.updateMany({ data: { seenAt: new Date(Date.now() - 16 * 60_000) } });
  assert.equal(await status(idle), 401);
  const old = await app.signedIn(['auditor']);
  await app.owner.session.updateMany({ data: { endsAt: new Date(Date.now() - 1000) } });
  assert.equal(await status(old), 401);
  const left = await app.signedIn(['auditor']);
  const { status: ended, headers } = await app.ask('DELETE', '/api/v1/session', { headers: left });
  assert.equal(ended, 204);
  assert.match(String(headers['set-cookie']), /Max-Age=0/);
  assert.equal(await status(left), 401);
  assert.equal(await app.owner.session.count(), 0);
});

test("nothing of a session's cookie is at rest", async () => {
  const { cookie = '' } = await app.signedIn(['auditor']);
  const token = cookie.split('=')[1] ?? '';
  const [row] = await app.owner.$queryRaw<{ text: string }[]>`SELECT session::text AS text FROM session`;
  assert.ok(row && !row.text.includes(token) && !row.text.includes(Buffer.from(token, 'base64url').toString('hex')));
});
