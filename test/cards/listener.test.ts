import assert from 'node:assert/strict';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { runCommand } from '#ops/run-command.ts';
import { cardServer } from '#api/card-server.ts';
import { newHandle, parseTicket } from '#evidence/card-ticket.ts';
import { readTicket } from '#prisma/card-ticket-text.ts';
import { rootAuthority, type Issued } from '#test/support/card-authority.ts';
import { visit } from '#test/support/card-visit.ts';
import { anAuthority } from '#test/support/certificates.ts';

const folder = mkdtempSync(join(tmpdir(), 'card-listener-'));
const servers = await anAuthority(folder, 'servers');
const { cert, key } = await servers.issue('localhost');
const signing = generateKeyPairSync('ed25519');
const trustFile = join(folder, 'trust.json');
const [bank, stranger] = [await rootAuthority('Card Root'), await rootAuthority('Other Root')];
const issuing = await bank.authority('Card Issuing');
const trusts = (issuers: string) => writeFileSync(trustFile, JSON.stringify({ roots: bank.pem, between: '', issuers, purposes: [] }));
trusts(issuing.pem);
const silent = { info: () => {}, warn: () => {}, error: () => {} };
const server = cardServer({
  tls: { certFile: cert, keyFile: key },
  readKey: readFileSync,
  trustFile,
  portal: 'https://localhost:9',
  signing: signing.privateKey,
  log: silent,
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address() as AddressInfo;
after(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const card = await issuing.issue({ subject: 'CN=Bilal <b>Haddad</b>' });
const reset = randomUUID();
const address = (handle = newHandle(reset, 'opening'), reference = 'AB12-CD34-EF56') => `https://localhost:${port}/${reference}/${handle}`;
const show = (shown: Issued | undefined, how: Parameters<typeof visit>[3] = {}, at = address()) => visit(at, servers.ca, shown, how);

test('whoever used the key of a certificate in the handshake is given a ticket that says which, for which handle, in both versions of TLS', async () => {
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    const handle = newHandle(reset, 'opening');
    const answer = await show(card, { minVersion: version, maxVersion: version }, address(handle));
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.action, 'https://localhost:9/reset/AB12-CD34-EF56/card');
    const said = readTicket(parseTicket(answer.ticket ?? '') ?? { text: '', signature: '' }, signing.publicKey);
    assert.deepEqual([said?.certificate, said?.handle, said?.protocol], [card.der.toString('base64'), handle, version]);
    assert.match(answer.text, /Bilal &lt;b&gt;Haddad/, 'what stands in a certificate is no markup');
    const other = generateKeyPairSync('ed25519').publicKey;
    assert.equal(readTicket(parseTicket(answer.ticket ?? '') ?? { text: '', signature: '' }, other), undefined);
  }
});

test('whoever shows no certificate is told what to do, and given no ticket', async () => {
  const answer = await show(undefined);
  assert.deepEqual([answer.status, answer.ticket], [403, undefined]);
  assert.match(answer.text, /No smart card was shown/);
});

test('the listener judges no certificate: one of strangers, too, is named in a ticket, and the verifier refuses it', async () => {
  const answer = await show(await stranger.issue({}));
  assert.equal(answer.status, 200);
  assert.ok(answer.ticket);
});

test('there is one page and nothing else, and its answers hold no more than that', async () => {
  const good = await show(card);
  assert.match(
    String(good.headers['content-security-policy']),
    /^default-src 'none'; style-src 'sha256-[^']+'; img-src data:; form-action https:\/\/localhost:9; /,
  );
  assert.deepEqual(
    [good.headers['cache-control'], good.headers['referrer-policy'], good.headers['set-cookie']],
    ['no-store', 'strict-origin', undefined],
  );
  const [, style = ''] = /<style>([^]*?)<\/style>/.exec(good.text) ?? [];
  assert.ok(style.includes('--paper'), 'its style stands in it: every request more would ask the card again');
  assert.doesNotMatch(good.text, /<script|<img|src=|href="\//);
  for (const path of [
    '/',
    '/favicon.ico',
    '/reset/AB12-CD34-EF56',
    '/AB12-CD34-EF56',
    '/AB12-CD34-EF56/short',
    '/AB12-CD34-EF56/../x',
    '//evil.test/',
  ])
    assert.deepEqual(
      await show(card, {}, `https://localhost:${port}${path}`).then(({ status, ticket }) => [status, ticket]),
      [404, undefined],
      path,
    );
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
    assert.deepEqual(await show(card, { method }).then(({ status, ticket }) => [status, ticket]), [405, undefined], method);
});

/** A connection that stays open as long as the listener lets it, and whatever it is sent. */
function opened(how: ConnectionOptions): Promise<{ socket: TLSSocket; ask: () => Promise<string>; session: () => Buffer | undefined }> {
  return new Promise((resolve, reject) => {
    let session: Buffer | undefined;
    const socket = connect(
      {
        host: '127.0.0.1',
        port,
        servername: 'localhost',
        ca: readFileSync(servers.ca),
        cert: card.pem,
        key: card.key?.export({ type: 'pkcs8', format: 'pem' }).toString() ?? '',
        ...how,
      },
      () =>
        resolve({
          socket,
          session: () => session ?? socket.getSession(),
          ask: () =>
            new Promise((done) => {
              let said = '';
              socket.on('data', (part: Buffer) => (said += part.toString('utf8')));
              socket.once('close', () => done(said));
              const { pathname } = new URL(address());
              const ask = `GET ${pathname} HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n`;
              socket.write(`${ask}${ask}`);
            }),
        }),
    );
    socket.on('session', (ticket: Buffer) => (session = ticket));
    socket.on('error', reject);
  });
}

test('a connection is good for one request, and no session is resumed: each ticket has cost the card a signature', async () => {
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    const how = { minVersion: version, maxVersion: version } as const;
    const first = await opened(how);
    const said = await first.ask();
    assert.equal(said.match(/name="ticket"/g)?.length, 1, `${version}: two requests in one connection`);
    const session = first.session();
    const again = await opened({ ...how, ...(session ? { session } : {}) });
    assert.equal(again.socket.isSessionReused(), false, version);
    const without = await opened({ ...how, ...(session ? { session } : {}), cert: undefined, key: undefined });
    assert.doesNotMatch(await without.ask(), /name="ticket"/, `${version}: the session of a card, without the card`);
    again.socket.destroy();
  }
});

test('nobody renegotiates, and nobody speaks an old version of TLS', async () => {
  const { socket } = await opened({ minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' });
  const refused = await new Promise<boolean>((resolve) => {
    socket.on('error', () => resolve(true));
    socket.once('close', () => resolve(true));
    socket.renegotiate({ rejectUnauthorized: false }, (error) => resolve(error !== null));
  });
  assert.ok(refused);
  socket.destroy();
  await assert.rejects(opened({ minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }));
});

/** The authorities of which the listener says that it takes certificates, as OpenSSL shows them. */
async function names(): Promise<string> {
  const { stdout } = await runCommand('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, '-servername', 'localhost', '-tls1_2'], {});
  return /Acceptable client certificate CA names\n([^]*?)Client Certificate Types/.exec(stdout)?.[1] ?? '';
}

test('browsers are told the names of the issuers, as they are now; where no cards count, no ticket is given', async () => {
  assert.deepEqual((await names()).match(/CN ?= ?[A-Z].*/g), ['CN = Card Issuing']);
  trusts(`${issuing.pem}${(await bank.authority('Card Issuing 2')).pem}`);
  assert.deepEqual((await names()).match(/CN ?= ?[A-Z].*/g)?.toSorted(), ['CN = Card Issuing', 'CN = Card Issuing 2'], 'without a restart');
  rmSync(trustFile);
  const answer = await show(card);
  assert.deepEqual([answer.status, answer.ticket], [403, undefined]);
  assert.match(answer.text, /takes no smart cards just now/);
  trusts(issuing.pem);
  assert.ok((await show(card)).ticket);
});
