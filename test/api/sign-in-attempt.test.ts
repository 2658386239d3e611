import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { SESSION_COOKIE } from '#api/cookies.ts';
import { sessionBegun, signInAttempt, type StepOfSignIn } from '#api/sign-in-attempt.ts';
import { updateIdOf } from '#api/update-id.ts';
import { CHANGING, useApp } from './app-under-test.ts';

const app = await useApp();
const person = { account: randomUUID(), sid: 'S-1-5-21-1-2-3-1000', name: 'some.one', roles: ['auditor' as const] };
const secret = (): string => randomBytes(32).toString('base64url');
const step = ({ source = '10.8.0.1', ...more }: Partial<StepOfSignIn> = {}): StepOfSignIn => ({
  step: 'password',
  nonce: randomUUID(),
  repeatable: true,
  source,
  caller: source,
  parts: ['some.one', 'Typed-2026'],
  ...more,
});
const attempt = (asked: StepOfSignIn) => signInAttempt(app, asked);
const points = async (source: string) => {
  const rows = await app.owner.$queryRaw<{ points: number }[]>`SELECT points FROM rate_limit WHERE key = ${`sign-in:${source}`}`;
  return rows[0]?.points ?? 0;
};

test('a repeated request is one attempt and one sign-in of its source, also when its copies come at the same moment', async () => {
  const source = '10.8.1.1';
  const asked = step({ source });
  const first = await attempt(asked);
  assert.deepEqual(await attempt(asked), first);
  assert.equal(await points(source), 1);
  const twin = step({ source });
  const subjects = await Promise.all(Array.from({ length: 8 }, () => attempt(twin)));
  assert.equal(new Set(subjects.map(({ subject }) => subject)).size, 1);
  assert.equal(await points(source), 2, 'eight copies cost one');
  assert.notEqual((await attempt(step({ source }))).subject, first.subject);
  await sessionBegun(app.db, first);
  assert.equal((await attempt(asked)).begun, true);
});

test('the same key for another password or another step is another request, and another caller does not find it', async () => {
  const asked = step();
  const { subject } = await attempt(asked);
  await assert.rejects(attempt({ ...asked, parts: ['some.one', 'guess'] }), { code: 'key-reused' });
  await assert.rejects(attempt({ ...asked, parts: ['some.oneTyped', '-2026'] }), { code: 'key-reused' });
  assert.notEqual((await attempt({ ...asked, step: 'factor' })).subject, subject);
  assert.notEqual((await attempt({ ...asked, caller: '10.8.0.2' })).subject, subject);
});

test('a repeated request is itself counted, so that one key is no way around the limit', async () => {
  const asked = step({ source: '10.8.2.1' });
  const codes = new Set<string>();
  for (let i = 0; i < 40; i++)
    await attempt(asked).then(
      () => codes.add('let in'),
      (error: { code: string }) => codes.add(error.code),
    );
  assert.deepEqual(codes, new Set(['let in', 'too-many-requests']));
});

test('after five minutes an outcome that the verifier has stored counts no more', async () => {
  const asked = step();
  const { key, stale } = await attempt(asked);
  assert.equal(stale, false);
  await app.owner.answer.updateMany({ where: { key }, data: { at: new Date(Date.now() - 5 * 60_000 - 1000) } });
  assert.equal((await attempt(asked)).stale, true);
});

test('nothing of a password or a key is at rest', async () => {
  const asked = step({ nonce: 'a-key-that-was-sent' });
  await attempt(asked);
  const rows = await app.owner.$queryRaw<{ text: string }[]>`SELECT answer::text AS text FROM answer`;
  for (const { text } of rows) for (const typed of ['some.one', 'Typed-2026', 'a-key-that-was-sent']) assert.ok(!text.includes(typed));
});

test('a half session becomes full once: copies of one request share it, any other gets nothing', async () => {
  const { token: half } = await app.sessions.begin(person, 'password');
  const full = secret();
  const copies = await Promise.all(Array.from({ length: 6 }, () => app.sessions.complete(half, full)));
  assert.equal(new Set(copies.map((session) => session?.id)).size, 1);
  assert.ok(copies[0]);
  assert.equal(await app.sessions.complete(half, secret()), undefined);
  const { token: contested } = await app.sessions.begin(person, 'password');
  const rivals = await Promise.all(Array.from({ length: 6 }, () => app.sessions.complete(contested, secret())));
  assert.equal(rivals.filter((session) => session !== undefined).length, 1, 'of several requests one wins');
});

test('a spent half session gives the answer that it was spent for, for a minute, and opens nothing else', async () => {
  const { token: half, session } = await app.sessions.begin(person, 'password');
  const key = randomUUID();
  const headers = { ...CHANGING, cookie: `${SESSION_COOKIE}=${half}` };
  const body = JSON.stringify({ factor: 'totp', value: '123456' });
  const typed = 'totp 123456';
  const updateId = updateIdOf(app.hash, { nonce: key, route: 'sign-in-factor', reset: session.id, typed });
  const full = app.sessions.tokenOf('full', half, updateId);
  assert.ok(await app.sessions.complete(half, full));
  const again = (more: object = {}, sent = body) =>
    app.ask('POST', '/api/v1/session/factor', { headers: { ...headers, 'idempotency-key': key, ...more }, body: sent });

  const answer = await again();
  assert.deepEqual([answer.status, answer.body['stage']], [200, 'full'], answer.text);
  assert.ok(String(answer.headers['set-cookie']).startsWith(`${SESSION_COOKIE}=${full};`));
  assert.equal((await again({ 'idempotency-key': randomUUID() })).body['code'], 'sign-in-refused', 'with another key');
  assert.equal((await again({}, JSON.stringify({ factor: 'totp', value: '654321' }))).body['code'], 'key-reused', 'with another code');
  for (const [method, path] of [
    ['GET', '/api/v1/session'],
    ['DELETE', '/api/v1/session'],
    ['GET', '/api/v1/resets'],
  ] as const)
    assert.deepEqual([(await app.ask(method, path, { headers })).body['code']], ['sign-in-needed'], `${method} ${path}`);
  const { token: planted } = await app.sessions.begin(person, 'password');
  await app.sessions.complete(planted, secret());
  assert.equal((await again({ cookie: `${SESSION_COOKIE}=${planted}` })).body['code'], 'sign-in-refused', 'a planted cookie');

  await app.owner.session.updateMany({ where: { stage: 'spent' }, data: { endsAt: new Date(Date.now() - 1) } });
  assert.equal((await again()).body['code'], 'sign-in-needed', 'a minute later');
});

test('who has signed out is not signed in again by a repeated request', async () => {
  const { token: half, session } = await app.sessions.begin(person, 'password');
  const key = randomUUID();
  const updateId = updateIdOf(app.hash, { nonce: key, route: 'sign-in-factor', reset: session.id, typed: 'totp 123456' });
  const full = app.sessions.tokenOf('full', half, updateId);
  await app.sessions.complete(half, full);
  const cookie = (token: string) => ({ ...CHANGING, cookie: `${SESSION_COOKIE}=${token}` });
  assert.equal((await app.ask('DELETE', '/api/v1/session', { headers: cookie(full) })).status, 204);
  const headers = { ...cookie(half), 'idempotency-key': key };
  const again = await app.ask('POST', '/api/v1/session/factor', { headers, body: JSON.stringify({ factor: 'totp', value: '123456' }) });
  assert.deepEqual([again.status, again.headers['set-cookie']], [401, undefined]);
});
