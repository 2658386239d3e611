import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { normaliseCode } from '#domain/codes.ts';
import { cookiesOf, listenTo as listenAt } from '#test/support/event-stream.ts';
import { httpClient } from '#test/support/http-client.ts';
import { cast } from '#test/support/people.ts';
import { claimant, freshPassword, newSource, proven, signedIn } from '#test/support/scenes.ts';
import { useStack } from '#test/support/stack.ts';

const stack = await useStack();
const people = await cast(stack.state);
after(() => people.close());

const EMPLOYEE = 'bilal.osman';
const WITHOUT_ROLE = 'fatima.noor';
const HELP_DESK = 'jonas.berg';
const AUDITOR = 'mateo.silva';

async function eventually(check: () => boolean, what: string): Promise<void> {
  for (const deadline = Date.now() + 20_000; !check(); await setTimeout(50)) assert.ok(Date.now() < deadline, what);
}
const listenTo = (path: string, cookie: string) => listenAt(stack.run, path, cookie);

test('sign-in has one answer for every failure, and a new cookie at each step', async () => {
  const http = httpClient(stack.run, newSource());
  const refused = await Promise.all([
    http.post('/api/v1/session', { account: AUDITOR, password: 'wrong' }),
    http.post('/api/v1/session', { account: 'nobody.here', password: 'wrong' }),
    http.post('/api/v1/session', { account: WITHOUT_ROLE, password: people.password(WITHOUT_ROLE) }),
  ]);
  for (const { status, text } of refused) assert.deepEqual([status, text], [401, refused[0]?.text]);
  const first = await http.post('/api/v1/session', { account: AUDITOR, password: people.password(AUDITOR) });
  assert.deepEqual([first.status, first.body['stage']], [200, 'factor'], first.text);
  const half = http.cookies.get('__Host-countersign-session');
  assert.equal((await http.get('/api/v1/session')).status, 401);
  assert.equal((await http.get('/api/v1/resets')).status, 401);
  assert.equal((await http.post('/api/v1/session/factor', { factor: 'totp', value: people.wrongCode(AUDITOR) })).text, refused[0]?.text);
  const second = await http.post('/api/v1/session/factor', { factor: 'totp', value: await people.code(AUDITOR) });
  assert.deepEqual(second.body['roles'], ['auditor'], second.text);
  const full = http.cookies.get('__Host-countersign-session');
  assert.ok(full && full !== half);
  http.cookies.set('__Host-countersign-session', half ?? '');
  assert.equal((await http.post('/api/v1/session/factor', { factor: 'totp', value: await people.code(AUDITOR) })).status, 401);
  http.close();
});

test('a code of the help desk works once, as the proof of a reset that streams, is told as a timeline and replays', async () => {
  const desk = await signedIn(stack.run, people, HELP_DESK);
  const body = { account: EMPLOYEE, checked: ['photo-id', 'known-in-person'] };
  const key = { 'idempotency-key': randomUUID() };
  const issued = await desk.post<{ code: string; account: string; expiresAt: string }>('/api/v1/issued-codes', body, key);
  assert.equal(issued.status, 201, issued.text);
  assert.ok(normaliseCode(issued.body.code));
  assert.equal(
    (await desk.post<{ code: string }>('/api/v1/issued-codes', body, key)).body.code,
    issued.body.code,
    'a repeated request gets the same code',
  );
  assert.equal((await desk.post('/api/v1/issued-codes', { ...body, account: 'other' }, key)).body['code'], 'key-reused');
  assert.equal((await desk.post('/api/v1/issued-codes', { ...body, account: HELP_DESK })).body['code'], 'issuer-own-account');
  assert.equal((await desk.post('/api/v1/issued-codes', { ...body, account: 'no.such.one' })).body['code'], 'account-not-served');
  for (const checked of [['photo-id'], ['photo-id', 'photo-id'], ['photo-id', 'mood']])
    assert.equal((await desk.post('/api/v1/issued-codes', { account: EMPLOYEE, checked })).body['code'], 'bad-request');

  const auditor = await signedIn(stack.run, people, AUDITOR);
  const console_ = listenTo('/api/v1/events', cookiesOf(auditor.cookies));
  assert.equal(await console_.status, 200);
  const who = claimant(stack.run);
  assert.equal((await who.name(EMPLOYEE)).status, 201);
  const portal = listenTo(`/api/v1/portal/resets/${who.reference}/events`, cookiesOf(who.http.cookies));
  assert.equal(await portal.status, 200);
  const stranger = listenTo(`/api/v1/portal/resets/${who.reference}/events`, '__Host-countersign-reset=guess');
  assert.equal(await stranger.status, 404);

  const proofKey = randomUUID();
  const wrong = await who.prove('AAAA-BBBB-CCCC-DDDD', 'issued-code', proofKey);
  assert.deepEqual([wrong.status, wrong.body.code, wrong.body.next.step], [422, 'proof-not-accepted', 'prove']);
  const again = await who.prove('AAAA-BBBB-CCCC-DDDD', 'issued-code', proofKey);
  assert.deepEqual([again.status, again.body], [wrong.status, wrong.body]);
  assert.equal((await who.prove(issued.body.code, 'issued-code', proofKey)).body.code, 'key-reused');
  assert.equal((await who.prove(issued.body.code, 'issued-code')).status, 200);
  assert.equal((await who.factor(await people.code(EMPLOYEE))).status, 200);
  const refused = await who.choose('Password-2026');
  assert.deepEqual([refused.status, refused.body.code], [422, 'password-refused']);
  assert.ok(
    refused.body.reasons?.some((reason) => ['common', 'site-word'].includes(reason)),
    refused.text,
  );
  assert.equal((await who.choose(freshPassword())).status, 202);
  await who.until('done');

  await eventually(() => portal.events.some(({ data }) => data['state'] === 'done'), 'the portal is told that it is done');
  assert.equal(portal.events[0]?.data['state'], 'proving');
  const topics = new Set(console_.events.map(({ event, data }) => `${event} ${String(data['topic'])}`));
  // The stack is shared: meanwhile an alarm of what an earlier scene did may be told, and a device that came or went.
  for (const others of ['changed alarms', 'changed devices']) topics.delete(others);
  assert.deepEqual(topics, new Set(['changed resets', 'changed approvals', 'changed audit']));
  for (const stream of [console_, portal, stranger]) stream.close();

  const { body: list } = await auditor.get<{ items: { id: string; reference: string; state: string }[] }>(
    `/api/v1/resets?account=${EMPLOYEE}&state=done`,
  );
  const reset = list.items.find(({ reference }) => reference === who.reference);
  assert.ok(reset);
  const detail = await auditor.get<{
    timeline: { leafId: string; type: string; title: string; attempt?: number; outcome: string }[];
    rule: string;
    policy: { version: string };
    notices: unknown[];
  }>(`/api/v1/resets/${reset.id}`);
  assert.equal(detail.body.rule, 'standard');
  assert.match(detail.body.policy.version, /^Demo bank/);
  const told = detail.body.timeline.map(({ type, outcome, attempt }) => `${type} ${outcome}${attempt === undefined ? '' : ` ${attempt}`}`);
  for (const line of [
    'reset.requested success',
    'proof.checked failure 1',
    'proof.checked success 2',
    'factor.checked success 1',
    'password.refused denied 1',
    'password.chosen success 1',
    'write.started started 1',
    'write.result success',
    'write.verified success',
  ])
    assert.ok(told.includes(line), `${line} is not in ${told.join(', ')}`);
  assert.ok(detail.body.notices.length > 0);

  const history = await auditor.get<{ events: object[] }>(`/api/v1/resets/${reset.id}/history`);
  assert.equal(historyFromJSON(history.body as never).events?.length, history.body.events.length);
  assert.ok(!history.text.includes(issued.body.code) && !history.text.includes(EMPLOYEE), 'no name and nothing typed in the history');
  assert.equal((await desk.get(`/api/v1/resets/${reset.id}/history`)).body['code'], 'role-needed');
  const events = await auditor.get<{ items: { id: string }[] }>(`/api/v1/audit/events?reset=${who.reference}&limit=200`);
  // Since the timeline was read, its reading and the sealing of the history have left leaves too.
  const found = new Set(events.body.items.map(({ id }) => id));
  for (const { leafId } of detail.body.timeline) assert.ok(found.has(leafId), leafId);
  for (const http of [desk, auditor]) http.close();
  who.close();
});

test('coming back: an unknown reference and a wrong code answer alike, and the former browser loses the reset', async () => {
  const { who } = await proven(stack.run, people, EMPLOYEE);
  const other = httpClient(stack.run, newSource());
  const resume = (reference: string, value: string) =>
    other.post<{ reference: string }>('/api/v1/portal/resume', { reference, factor: 'totp', value });
  const refused = [
    await resume('0000-0000-0000', '123456'),
    await resume('nonsense', '123456'),
    await resume(who.reference, people.wrongCode(EMPLOYEE)),
  ];
  for (const { status, text, ms } of refused) {
    assert.deepEqual([status, text], [422, refused[0]?.text]);
    assert.ok(ms >= 990, `${ms} ms`);
  }
  const back = await resume(who.reference.toLowerCase().replaceAll('-', ' '), await people.code(EMPLOYEE));
  assert.deepEqual([back.status, back.body.reference], [200, who.reference], back.text);
  assert.equal((await other.get(`/api/v1/portal/resets/${who.reference}`)).status, 200);
  assert.equal((await who.look()).status, 404);
  assert.equal((await other.post(`/api/v1/portal/resets/${who.reference}/cancel`, {})).status, 200);
  assert.equal((await other.post<{ code: string }>(`/api/v1/portal/resets/${who.reference}/cancel`, {})).body.code, 'reset-ended');
  other.close();
  who.close();
});

test('a first request sent twice is one reset, and the same key for another name is refused', async () => {
  const http = httpClient(stack.run, newSource());
  const key = { 'idempotency-key': randomUUID() };
  const first = await http.post<{ reference: string }>('/api/v1/portal/resets', { account: 'some.one' }, key);
  const again = await http.post<{ reference: string }>('/api/v1/portal/resets', { account: 'some.one' }, key);
  assert.deepEqual([again.status, again.body], [201, first.body]);
  assert.equal((await http.get(`/api/v1/portal/resets/${first.body.reference}`)).status, 200);
  assert.equal((await http.post<{ code: string }>('/api/v1/portal/resets', { account: 'some.two' }, key)).body.code, 'key-reused');
  http.close();
});

test('the service says whether it is ready, and its numbers to this machine only', async () => {
  const http = httpClient(stack.run);
  assert.deepEqual((await http.get('/readyz')).body, { status: 'ok', database: 'ok', temporal: 'ok' });
  const { text, status } = await http.get('/metrics');
  assert.equal(status, 200);
  assert.match(text, /countersign_http_request_seconds_count\{route="GET \/readyz",status="200"\}/);
  http.close();
});
