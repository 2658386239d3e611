import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { needsNoSession } from '#api/endpoint.ts';
import { createNouns } from '#api/nouns.ts';
import { PUBLIC_ROUTES } from '#api/public-routes.ts';
import { routesOf } from '#api/urls.ts';
import { CHANGING, useApp } from '../api/app-under-test.ts';

/** The routes as the product declares them; their handlers are not called here. */
const routes = routesOf(createNouns({} as never));
const app = await useApp();
const ID = 'b7a3c1de-1111-4111-8111-111111111111';
const filled = (path: string) => path.replace('{id}', ID).replace('{reference}', 'ABCD-EFGH-JKMN');
const guarded = routes.filter(({ endpoint }) => !needsNoSession(endpoint.access) && endpoint.access !== 'this-machine');

/** How people tried to walk past filters that looked at the path (CVE-2021-40539, PWM #129). */
const SPELLINGS: ((path: string) => string)[] = [
  (p) => `/.${p}`,
  (p) => `/..${p}`,
  (p) => `/${p}`,
  (p) => `//${p}`,
  (p) => `/%2e${p}`,
  (p) => `/%2e%2e${p}`,
  (p) => `${p}/`,
  (p) => `${p}/.`,
  (p) => `${p}//`,
  (p) => `${p};x=y`,
  (p) => `${p}/;x`,
  (p) => p.replace('/api/', '/api/./'),
  (p) => p.replace('/api/', '/api//'),
  (p) => p.replace('/v1/', '/v1/%2e/'),
  (p) => p.replace('/v1/', '/v1;a=b/'),
  (p) => p.replace('/v1/', '/v1/portal/../'),
  (p) => p.replace('/v1/', '/v1/portal/%2e%2e/'),
  (p) => p.replace('/v1/', '%2fv1%2f'),
  (p) => p.toUpperCase(),
  (p) => p.replace('api', 'Api'),
  (p) => `${p}%00`,
  (p) => `${p}%20`,
  (p) => `${p}.json`,
  (p) => `${p}?`,
  (p) => `${p}?session=1`,
  (p) => p.replace('/api', '/console/../api'),
  (p) => p.replace('/api', '/%61pi'),
  (p) => `${p}%ff`,
  (p) => `\\${p}`,
];

test('the routes that need no session are exactly the pinned ones', () => {
  const open = routes.filter(({ endpoint }) => needsNoSession(endpoint.access)).map(({ method, path }) => `${method} ${path}`);
  assert.deepEqual(open.toSorted(), [...PUBLIC_ROUTES].toSorted());
  assert.deepEqual(
    [...PUBLIC_ROUTES],
    [
      'POST /api/v1/portal/resets',
      'GET /api/v1/portal/resets/{reference}',
      'POST /api/v1/portal/resets/{reference}/proofs',
      'POST /api/v1/portal/resets/{reference}/factors',
      'POST /api/v1/portal/resets/{reference}/operation',
      'POST /api/v1/portal/resets/{reference}/lost-factors',
      'GET /api/v1/portal/resets/{reference}/new-factors',
      'POST /api/v1/portal/resets/{reference}/new-factors',
      'POST /api/v1/portal/resets/{reference}/password',
      'POST /api/v1/portal/resets/{reference}/cancel',
      'POST /api/v1/portal/resets/{reference}/device/challenge',
      'POST /api/v1/portal/resets/{reference}/device',
      'GET /api/v1/portal/resets/{reference}/events',
      'POST /api/v1/portal/resume',
      'POST /api/v1/session',
      'GET /api/v1/openapi.json',
      'GET /healthz',
      'GET /readyz',
    ],
  );
});

test('every other route answers 401 without a session, however it is spelled', async () => {
  const wrong: string[] = [];
  for (const { method, path } of guarded) {
    for (const spell of [(p: string) => p, ...SPELLINGS]) {
      const spelled = spell(filled(path));
      const answer = await app.ask(method, spelled.startsWith('/') ? spelled : `/${spelled}`, {
        headers: CHANGING,
        ...(method === 'POST' ? { body: '{}' } : {}),
      });
      if (answer.status !== 401 || answer.body['code'] !== 'sign-in-needed') wrong.push(`${method} ${spelled} ${answer.status}`);
    }
  }
  assert.deepEqual(wrong, []);
  assert.ok(guarded.length >= 14);
});

test('other methods, unknown addresses and half-made sessions get no further', async () => {
  for (const { path } of routes.filter((route) => route.path.startsWith('/api/'))) {
    for (const method of ['PUT', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND']) {
      const { status, headers } = await app.ask(method, filled(path));
      assert.equal(status, 401, `${method} ${path}`);
      assert.equal(headers.allow, undefined);
    }
  }
  for (const path of ['/api', '/api/', '/api/v1', '/api/v2/resets', '/api/v1/nothing', '/admin', '/.env', '/var/run.json'])
    assert.equal((await app.ask('GET', path)).status, 401, path);
  const half = await app.sessions.begin({ account: ID, sid: 'S-1-5-21-1-2-3-4', name: 'half', roles: ['auditor'] }, 'password');
  const headers = { cookie: `__Host-countersign-session=${half.token}`, ...CHANGING };
  for (const { method, path, endpoint } of guarded.filter(
    ({ endpoint }) => endpoint.access !== 'password-passed' && endpoint.access !== 'second-step',
  )) {
    assert.equal(
      (await app.ask(method, filled(path), { headers, ...(method === 'POST' ? { body: '{}' } : {}) })).status,
      401,
      `${method} ${path} ${String(endpoint.access)}`,
    );
  }
  const full = await app.signedIn(['auditor']);
  for (const path of ['/api/v1/nothing', '/api/v1/resets/', '/API/v1/resets', '//api/v1/resets'])
    assert.equal((await app.ask('GET', path, { headers: full })).status, 404, path);
});

test('every role list is kept: a person without the role gets 403', async () => {
  for (const { method, path, endpoint } of guarded) {
    if (!Array.isArray(endpoint.access)) continue;
    // Somebody else each time: one person is refused so often in a minute and no oftener.
    const headers = await app.signedIn([], randomUUID());
    const { status, body } = await app.ask(method, filled(path), { headers, ...(method === 'POST' ? { body: '{}' } : {}) });
    assert.deepEqual([status, body['code']], [403, 'role-needed'], `${method} ${path}`);
  }
});

test('a forged request from another site is refused', async () => {
  const headers = await app.signedIn(['approver', 'security-officer', 'help-desk', 'administrator']);
  for (const { method, path } of routes.filter((route) => route.method !== 'GET')) {
    const tried = async (more: Record<string, string | undefined>) => {
      const all = Object.fromEntries(
        Object.entries({ ...headers, ...more }).filter((entry): entry is [string, string] => entry[1] !== undefined),
      );
      return (await app.ask(method, filled(path), { headers: all, body: '{}' })).body['code'];
    };
    assert.equal(await tried({ 'x-countersign': undefined }), 'missing-header', path);
    assert.equal(await tried({ 'x-countersign': '0' }), 'missing-header', path);
    assert.equal(await tried({ 'sec-fetch-site': 'cross-site' }), 'wrong-origin', path);
    assert.equal(await tried({ 'sec-fetch-site': 'same-site' }), 'wrong-origin', path);
    assert.equal(await tried({ origin: 'https://evil.test' }), 'wrong-origin', path);
    assert.equal(await tried({ origin: 'null' }), 'wrong-origin', path);
  }
});
