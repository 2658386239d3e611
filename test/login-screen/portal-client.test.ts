import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { begun, moved, Told, type NextStep } from '#device-agent/terminal/answers.ts';
import { Portal } from '#device-agent/terminal/portal.ts';
import { anAuthority, type Authority } from '#test/support/certificates.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-portal-client-'));
const open: { server: Server; portal: Portal }[] = [];
let bank: Authority;
let mallory: Authority;
before(async () => {
  bank = await anAuthority(folder, 'bank');
  mallory = await anAuthority(folder, 'mallory');
});
after(() => {
  for (const { server, portal } of open) {
    portal.close();
    server.close();
    server.closeAllConnections();
  }
  rmSync(folder, { recursive: true, force: true });
});

const NEXT = { step: 'prove', message: 'Show who you are.' };
const BEGUN = { reference: 'ABCD-EFGH-JKMN', next: NEXT };

interface Seen {
  path: string;
  headers: IncomingMessage['headers'];
}

/** A server that answers so, and a client that is told to trust the bank's authority for the name. */
async function against(
  answer: (seen: Seen, response: ServerResponse, count: number) => void,
  { authority = bank, name = 'reset.bank.test', tls = {} }: { authority?: Authority; name?: string; tls?: ServerOptions } = {},
) {
  const files = await authority.issue(name);
  const seen: Seen[] = [];
  const server = createServer({ cert: readFileSync(files.cert), key: readFileSync(files.key), ...tls }, (request, response) => {
    request.resume();
    request.on('end', () => {
      seen.push({ path: request.url ?? '', headers: request.headers });
      answer(seen.at(-1) ?? { path: '', headers: {} }, response, seen.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const pem = readFileSync(bank.ca, 'utf8');
  const origin = new URL(`https://reset.bank.test:${(server.address() as AddressInfo).port}`);
  const portal = new Portal({ portal: origin, address: '127.0.0.1', ca: { pem, certificate: new X509Certificate(pem) } });
  open.push({ server, portal });
  return { portal, seen };
}

const json = (response: ServerResponse, body: unknown, status = 200, headers = {}) => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
};
const code = (error: unknown) => (error instanceof Told ? error.code : String(error));
const refused = (promise: Promise<unknown>) => promise.then(() => 'answered', code);

test('only the one name under the one authority is talked to, by TLS 1.3, and nobody else hears a word', async () => {
  const ok = (_seen: Seen, response: ServerResponse) => json(response, BEGUN);
  const good = await against(ok);
  assert.equal((await good.portal.identity()).name, new URL(good.portal.origin).host);
  for (const wrong of [
    { authority: mallory },
    { name: 'other.bank.test' },
    { name: '127.0.0.1' },
    { tls: { maxVersion: 'TLSv1.2' as const } },
  ]) {
    const bad = await against(ok, wrong);
    assert.equal(await refused(bad.portal.identity()), 'wrong-server');
    assert.equal(await refused(bad.portal.post('/resets', { account: 'alice' }, begun)), 'wrong-server');
    assert.equal(bad.seen.length, 0, 'no request was sent');
  }
});

test('a lost answer is asked for again under the same number, and another deed has another', async () => {
  const { portal, seen } = await against((_seen, response, count) => (count === 1 ? response.destroy() : json(response, BEGUN)));
  assert.equal((await portal.post('/resets', { account: 'alice' }, begun)).reference, BEGUN.reference);
  await portal.post('/resets', { account: 'alice' }, begun);
  const numbers = seen.map(({ headers }) => headers['idempotency-key']);
  assert.equal(numbers.length, 3);
  assert.equal(numbers[0], numbers[1]);
  assert.notEqual(numbers[1], numbers[2]);
  assert.ok(seen.every(({ headers }) => headers['x-countersign'] === '1'));
});

test('the cookie of the reset is kept and sent, and no other', async () => {
  const cookies = [
    'other=abcdefghijklmnopqrstuvwxyz; Path=/',
    '__Host-countersign-reset=abcdefghijklmnopqrstuvwxyz; Path=/; Secure',
    '__Host-countersign-reset=bad value',
  ];
  const { portal, seen } = await against((_seen, response) => json(response, BEGUN, 200, { 'set-cookie': cookies }));
  await portal.post('/resets', { account: 'alice' }, begun);
  await portal.get('/resets/ABCD-EFGH-JKMN', begun);
  assert.equal(seen[1]?.headers.cookie, '__Host-countersign-reset=abcdefghijklmnopqrstuvwxyz');
});

test('an answer that is too long, no JSON, of another shape, or leads elsewhere is no answer', async () => {
  const answers: ((response: ServerResponse) => void)[] = [
    (response) => json(response, `"${'x'.repeat(10 << 20)}"`),
    (response) => json(response, '<html>'),
    (response) => json(response, { ...BEGUN, reference: '../../../etc' }),
    (response) => json(response, { ...BEGUN, reference: 'ABCD-EFGH-\u001b[2J' }),
    (response) => json(response, { ...BEGUN, next: { step: 'shell', message: 'id' } }),
    (response) => json(response, {}, 500),
    (response) => json(response, {}, 302, { location: 'https://evil.test/' }),
  ];
  for (const answer of answers) {
    const { portal } = await against((_seen, response) => answer(response));
    assert.equal(await refused(portal.post('/resets', { account: 'alice' }, begun)), 'service-unavailable');
  }
  const { portal } = await against((_seen, response) => json(response, { code: 'wrong-browser', detail: 'Words of a server.' }, 404));
  assert.equal(await refused(portal.get('/resets/ABCD-EFGH-JKMN', moved)), 'wrong-browser');
});

test('news come as they are told, also after the stream broke, and what makes no sense is no news', async () => {
  const { portal } = await against((_seen, response, count) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('event: message\ndata: {"next":{"step":"wait","mess');
    response.write('age":"Waiting."}}\n\ndata: rubbish\n\ndata: {"next":{"step":"shell"}}\n\n: a comment\n\n');
    if (count > 1) response.write('data: {"next":{"step":"choose-password","message":"Choose."}}\n\n');
    else response.end();
  });
  const over = new AbortController();
  const told: NextStep['step'][] = [];
  await portal.watch('/resets/ABCD-EFGH-JKMN/events', over.signal, ({ step }) => {
    told.push(step);
    if (step === 'choose-password') over.abort();
  });
  assert.deepEqual(told, ['wait', 'wait', 'choose-password']);
});
