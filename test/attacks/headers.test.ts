import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHANGING, useApp } from '../api/app-under-test.ts';

const app = await useApp({ perSourcePerMinute: 3, perSitePerMinute: 1000, unprovenCap: 1000 });
const begin = (headers: Record<string, string>) =>
  app.ask('POST', '/api/v1/portal/resets', { body: '{"account":"alice.moreau"}', headers: { ...CHANGING, ...headers } });

/** Every way in which a proxy says who asked, and for what host. */
const forged = (n: number): Record<string, string> => ({
  host: 'evil.test',
  'x-forwarded-for': `10.9.9.${n}`,
  'x-real-ip': `10.9.9.${n}`,
  forwarded: `for=10.9.9.${n};host=evil.test;proto=http`,
  'x-forwarded-host': 'evil.test',
  'x-forwarded-proto': 'http',
});

test('a foreign Host header and forged forwarding headers change no answer and no link', async () => {
  const auditor = await app.signedIn(['auditor']);
  const paths = ['/', '/console', '/console/', '/api/v1/openapi.json', '/api/v1/session', '/api/v1/resets', '/api/v1', '/nothing'];
  for (const path of paths) {
    const plain = await app.ask('GET', path, { headers: auditor });
    const said = await app.ask('GET', path, { headers: { ...auditor, ...forged(1) } });
    assert.equal(said.status, plain.status, path);
    assert.equal(said.headers['location'], plain.headers['location'], path);
    const everything = `${said.text} ${JSON.stringify(said.headers)}`;
    assert.ok(!everything.includes('evil.test') && !everything.includes('10.9.9.'), path);
  }
});

test('the origin is the configured one, whatever the Host header agrees with', async () => {
  const answer = await begin({ ...forged(2), origin: 'https://evil.test' });
  assert.equal(answer.body['code'], 'wrong-origin');
});

test('a source is its connection: forged forwarding headers give nobody a limit of their own', async () => {
  const codes = [];
  for (let n = 0; n < 6; n += 1) codes.push((await begin(forged(n))).body['code']);
  assert.deepEqual(
    codes.map((code) => code === 'too-many-requests'),
    [false, false, false, true, true, true],
  );
  const rows = await app.owner.$queryRaw<{ key: string }[]>`SELECT key FROM rate_limit WHERE key LIKE 'begin:%'`;
  assert.deepEqual(
    rows.map(({ key }) => key),
    ['begin:127.0.0.1'],
  );
});
