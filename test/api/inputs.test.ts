import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHANGING, useApp } from './app-under-test.ts';

const app = await useApp();
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  app.ask('POST', path, { body: typeof body === 'string' ? body : JSON.stringify(body), headers: { ...CHANGING, ...headers } });

/** What breaks parsers, filters and databases; none of it may become an error of ours. */
const HOSTILE: [string, unknown][] = [
  ['nothing', {}],
  ['null', null],
  ['a number', 7],
  ['a list', []],
  ['text', 'alice'],
  ['an unknown field', { account: 'alice', admin: true }],
  ['a list for a name', { account: ['alice'] }],
  ['an object for a name', { account: { $ne: '' } }],
  ['a number for a name', { account: 5 }],
  ['an empty name', { account: '' }],
  ['NUL', { account: 'al\u0000ice' }],
  ['a lone surrogate', { account: 'al\ud800ice' }],
  ['10,000 characters', { account: 'a'.repeat(10_000) }],
  ['a filter', { account: '*)(objectClass=*' }],
  ['a prototype', JSON.parse('{"__proto__":{"account":"alice"}}')],
  ['a deep nest', `${'['.repeat(7000)}${']'.repeat(7000)}`],
  ['a line break', { account: 'alice\r\nX: y' }],
];

test('hostile names are refused with 400 and nothing of them is said back', async () => {
  for (const [what, body] of HOSTILE) {
    const answer = await post('/api/v1/portal/resets', body);
    assert.equal(answer.status, 400, `${what}: ${answer.status} ${answer.text}`);
    assert.equal(answer.headers['content-type'], 'application/problem+json; charset=utf-8');
    assert.equal(answer.body['code'], 'bad-request');
    assert.ok(!answer.text.includes('objectClass') && !answer.text.includes('aaaa'), what);
    assert.equal(answer.headers['cache-control'], 'no-store');
  }
  assert.equal((await app.owner.sealed.count()) + (await app.owner.reset.count()), 0);
});

test('broken JSON, other types and large bodies are refused for what they are', async () => {
  assert.equal((await post('/api/v1/portal/resets', '{"account":')).body['code'], 'bad-request');
  assert.equal((await post('/api/v1/portal/resets', Buffer.from([0xff, 0xfe, 0x7b]).toString('latin1'))).status, 400);
  assert.equal(
    (await post('/api/v1/portal/resets', '{"account":"alice"}', { 'content-type': 'text/plain' })).body['code'],
    'wrong-media-type',
  );
  assert.equal((await post('/api/v1/portal/resets', 'account=alice', { 'content-type': 'application/x-www-form-urlencoded' })).status, 415);
  assert.equal((await post('/api/v1/portal/resets', '{"account":"alice"}', { 'content-encoding': 'gzip' })).status, 415);
  assert.equal(
    (await post('/api/v1/portal/resets', '{"account":"alice"}', { 'content-type': 'application/json; charset=klingon' })).status,
    415,
  );
  assert.equal((await post('/api/v1/portal/resets', { account: 'a'.repeat(17_000) })).body['code'], 'too-large');
  assert.equal((await post('/api/v1/portal/resets', { account: 'alice' }, { 'idempotency-key': 'ü'.repeat(3) })).status, 400);
});

test('every kind of hostile value is below 500 at every door that is open', async () => {
  const values: unknown[] = [
    '',
    '\u0000',
    '\ud800',
    '*)(uid=*',
    "'; DROP TABLE reset; --",
    'x'.repeat(10_000),
    1e308,
    -1,
    true,
    null,
    [],
    {},
    [['x']],
    '../../etc/passwd',
    '%00',
    '${jndi:ldap://x}',
  ];
  const shapes: [string, (value: unknown) => object][] = [
    ['/api/v1/portal/resets/ABCD-EFGH-JKMN/proofs', (value) => ({ proof: 'recovery-code', value })],
    ['/api/v1/portal/resets/ABCD-EFGH-JKMN/proofs', (value) => ({ proof: value, value: 'x' })],
    ['/api/v1/portal/resets/ABCD-EFGH-JKMN/factors', (value) => ({ factor: 'totp', value })],
    ['/api/v1/portal/resets/ABCD-EFGH-JKMN/operation', (value) => ({ operation: value })],
    ['/api/v1/portal/resets/ABCD-EFGH-JKMN/password', (value) => ({ password: value })],
    ['/api/v1/portal/resets/ABCD-EFGH-JKMN/cancel', (value) => ({ value })],
  ];
  for (const [path, shape] of shapes) {
    for (const value of values) {
      const answer = await post(path, shape(value));
      assert.ok(answer.status >= 400 && answer.status < 500, `${path} ${JSON.stringify(value)?.slice(0, 40)}: ${answer.status}`);
      assert.ok(typeof answer.body['code'] === 'string');
    }
  }
  for (const reference of ['x', '%00', '%ff', '%F0%9F', 'a'.repeat(2000), '..%2f..', 'ABCD-EFGH-JKMN%0d%0a', "'", '*']) {
    const { status } = await app.ask('GET', `/api/v1/portal/resets/${reference}`);
    assert.ok([401, 404].includes(status), `${reference}: ${status}`);
  }
});

test('queries and ids of the console are judged as strictly', async () => {
  const headers = await app.signedIn(['auditor']);
  const get = async (path: string) => (await app.ask('GET', path, { headers })).status;
  for (const query of [
    '?state=nope',
    '?state=proving&state=done',
    '?limit=0',
    '?limit=1e9',
    '?cursor=%27',
    '?account=%00',
    '?unknown=1',
    '?account[]=x',
    `?account=${'a'.repeat(300)}`,
  ])
    assert.equal(await get(`/api/v1/resets${query}`), 400, query);
  for (const query of ['?from=never', '?cursor=-1', '?outcome=nice', '?type=%00', '?seq=1'])
    assert.equal(await get(`/api/v1/audit/events${query}`), 400, query);
  for (const id of ['1', 'x', '%00', 'b7a3c1de-1111-4111-8111-11111111111', '%27%20OR%201=1'])
    assert.equal(await get(`/api/v1/resets/${id}`), 404, id);
  assert.equal(await get('/api/v1/resets?limit=1&state=proving&account=al'), 200);
});

test('an unknown reset and a foreign one answer in the same words', async () => {
  await app.owner.reset.create({
    data: {
      id: 'b7a3c1de-2222-4222-8222-222222222222',
      reference: 'AAAA-BBBB-CCCC',
      browserHash: new Uint8Array(32),
      next: { step: 'prove', message: 'x' },
      source: '127.0.0.1',
    },
  });
  const answers = await Promise.all(
    ['AAAA-BBBB-CCCC', 'AAAA-BBBB-CCCD', 'nonsense'].map((reference) =>
      app.ask('GET', `/api/v1/portal/resets/${reference}`, { headers: { cookie: '__Host-countersign-reset=guess' } }),
    ),
  );
  for (const { status, text } of answers) assert.deepEqual([status, text], [404, answers[0]?.text]);
});

test('a query value that is empty asks for nothing, and one that is unknown is still refused', async () => {
  const headers = await app.signedIn(['auditor']);
  for (const path of ['/api/v1/resets?state=&account=&cursor=', '/api/v1/audit/events?type=&account=&from=&cursor=']) {
    assert.equal((await app.ask('GET', path, { headers })).status, 200, path);
  }
  assert.equal((await app.ask('GET', '/api/v1/resets?state=none', { headers })).status, 400);
  assert.equal((await app.ask('GET', '/api/v1/resets?state=&state=', { headers })).status, 400);
});

test('what nobody foresaw is an incident with a number and without content', async () => {
  const token = 'a-token-of-this-test';
  const browserHash = new Uint8Array(app.hash('browser', 'b7a3c1de-3333-4333-8333-333333333333', token));
  await app.owner.reset.create({
    data: {
      id: 'b7a3c1de-3333-4333-8333-333333333333',
      reference: 'CCCC-BBBB-CCCC',
      browserHash,
      state: 'choosing-password',
      next: {},
      passwordRules: { policy: 's3cret' },
      source: '127.0.0.1',
    },
  });
  const answer = await app.ask('GET', '/api/v1/portal/resets/CCCC-BBBB-CCCC', { headers: { cookie: `__Host-countersign-reset=${token}` } });
  assert.equal(answer.status, 500);
  assert.equal(answer.body['code'], 'incident');
  const number = String(answer.body['incident']);
  const line = app.logged.find(({ message }) => message === 'incident');
  assert.ok(number.length === 12 && JSON.stringify(line).includes(number));
  assert.ok(!JSON.stringify(app.logged).includes('s3cret') && !answer.text.includes('s3cret'));
});

test('answers carry the headers that keep pages from harm', async () => {
  const { headers } = await app.ask('GET', '/api/v1/session');
  assert.equal(headers['content-security-policy'], "default-src 'none';base-uri 'none';frame-ancestors 'none';form-action 'none'");
  assert.equal(headers['x-content-type-options'], 'nosniff');
  assert.equal(headers['cache-control'], 'no-store');
  assert.equal(headers['x-powered-by'], undefined);
  assert.match(String(headers['strict-transport-security']), /max-age=31536000/);
  const page = await app.ask('GET', '/console/resets');
  const nonce = /nonce-([\w+/=]+)/.exec(String(page.headers['content-security-policy']))?.[1];
  assert.ok(nonce && page.text.includes(`nonce="${nonce}"`) && !page.text.includes('__CSP_NONCE__'));
  assert.notEqual((await app.ask('GET', '/console')).headers['content-security-policy'], page.headers['content-security-policy']);
});
