import assert from 'node:assert/strict';
import { randomInt, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { httpClient, type Answer, type Client } from '#test/support/http-client.ts';
import { useWorld } from '#test/support/world.ts';

const world = useWorld();
const ACCOUNT = 'mateo.silva';
const COOKIE = '__Host-countersign-session';

interface Recorded {
  /** Leaves of the two steps, whatever became of them. */
  passwords: number;
  factors: number;
  /** Sign-ins counted to the source by admission. */
  counted: number;
}

async function recorded(source: string, since: number): Promise<Recorded> {
  const leaves = (type: string) =>
    world.people.sql<{ n: number }>('SELECT count(*)::int AS n FROM leaf WHERE type = $1 AND seq > $2', [type, since]);
  const [passwords] = await leaves('sign-in.password');
  const [factors] = await leaves('sign-in.factor');
  const [limit] = await world.people.sql<{ points: number }>('SELECT points FROM rate_limit WHERE key = $1', [`sign-in:${source}`]);
  return { passwords: passwords?.n ?? 0, factors: factors?.n ?? 0, counted: limit?.points ?? 0 };
}

async function lastLeaf(): Promise<number> {
  const [row] = await world.people.sql<{ seq: string }>('SELECT coalesce(max(seq), 0)::text AS seq FROM leaf');
  return Number(row?.seq ?? 0);
}

/** An address that no other test and no earlier minute has counted to. */
const newSource = (): string => `127.${randomInt(64, 250)}.${randomInt(250)}.${randomInt(1, 250)}`;
const setCookie = ({ headers }: Answer): string => (headers['set-cookie'] ?? []).join();
const password = (http: Client, typed: string, key: string) =>
  http.post('/api/v1/session', { account: ACCOUNT, password: typed }, { 'idempotency-key': key });
const factor = (http: Client, value: string, key: string) =>
  http.post('/api/v1/session/factor', { factor: 'totp', value }, { 'idempotency-key': key });

test('both steps of a sign-in, repeated one after the other and at the same time, get their first answer and cost one attempt', async () => {
  const source = newSource();
  const http = httpClient(world.stack.run, source);
  const since = await lastLeaf();
  const [one, two] = [randomUUID(), randomUUID()];
  const firsts = await Promise.all([1, 2, 3].map(() => password(http, world.people.password(ACCOUNT), one)));
  firsts.push(await password(http, world.people.password(ACCOUNT), one));
  for (const { status, text } of firsts) assert.deepEqual([status, text], [200, firsts[0]?.text], text);
  assert.equal(new Set(firsts.map(setCookie)).size, 1, 'one cookie, whichever answer came last');
  const half = http.cookies.get(COOKIE);
  assert.ok(half);

  const code = await world.people.code(ACCOUNT);
  const seconds = await Promise.all([1, 2, 3].map(() => factor(http, code, two)));
  http.cookies.set(COOKIE, half);
  seconds.push(await factor(http, code, two));
  for (const { status, text } of seconds) assert.deepEqual([status, text], [200, seconds[0]?.text], text);
  assert.equal(new Set(seconds.map(setCookie)).size, 1);
  assert.equal((await http.get<{ roles: string[] }>('/api/v1/session')).body.roles[0], 'auditor');
  assert.deepEqual(await recorded(source, since), { passwords: 1, factors: 1, counted: 2 });

  const late = await password(http, world.people.password(ACCOUNT), one);
  assert.deepEqual([late.status, setCookie(late)], [401, ''], 'the first step is not begun again behind the second');
  assert.equal((await http.get('/api/v1/session')).status, 200, 'and the session is as it was');
  assert.equal((await http.delete('/api/v1/session')).status, 204);
  http.cookies.set(COOKIE, half);
  assert.equal((await factor(http, code, two)).status, 401, 'who signed out stays out');
  http.close();
});

test('a refused step, repeated, is refused in the same words and costs one attempt; its key serves nothing else', async () => {
  const source = newSource();
  const http = httpClient(world.stack.run, source);
  const since = await lastLeaf();
  const failures = async () => {
    const key = `sign-in:${await world.people.guid(ACCOUNT)}`;
    return (await world.people.sql<{ failures: number }>('SELECT failures FROM attempts WHERE key = $1', [key]))[0]?.failures ?? 0;
  };
  const before = await failures();
  const key = randomUUID();
  const refused = [await password(http, 'not mine', key), await password(http, 'not mine', key)];
  for (const { status, body } of refused) assert.deepEqual([status, body], [401, refused[0]?.body]);
  assert.equal(await failures(), before + 1);
  assert.equal((await password(http, world.people.password(ACCOUNT), key)).body['code'], 'key-reused');
  assert.equal((await password(http, world.people.password(ACCOUNT), randomUUID())).status, 200);

  const wrong = world.people.wrongCode(ACCOUNT);
  const again = randomUUID();
  const unsigned = [await factor(http, wrong, again), await factor(http, wrong, again)];
  for (const { status, body } of unsigned) assert.deepEqual([status, body], [401, refused[0]?.body]);
  assert.equal((await factor(http, await world.people.code(ACCOUNT), randomUUID())).status, 200, 'the half session is still good');
  assert.deepEqual(await recorded(source, since), { passwords: 2, factors: 2, counted: 4 });
  http.close();
});

test('somebody else with the same key, at the same address, gets nothing of it', async () => {
  const source = newSource();
  const mine = httpClient(world.stack.run, source);
  const other = httpClient(world.stack.run, source);
  const key = randomUUID();
  assert.equal((await password(mine, world.people.password(ACCOUNT), key)).status, 200);
  other.cookies.set('__Host-countersign-reset', 'made-up'); // another caller in the door's eyes
  const guess = await password(other, 'a guess', key);
  assert.deepEqual([guess.status, guess.body['code'], setCookie(guess)], [422, 'key-reused', '']);
  const code = await world.people.code(ACCOUNT);
  const second = randomUUID();
  assert.equal((await factor(mine, code, second)).status, 200);
  assert.equal((await factor(other, code, second)).status, 401, 'without the half session');
  mine.close();
  other.close();
});
