import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { connect, createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import type { Agent } from '#device-agent/agent.ts';
import { identityIn, type Identity } from '#device-agent/identity.ts';
import { latch } from '#device-agent/latch.ts';
import { listen } from '#device-agent/listen.ts';
import { openMemory } from '#device-agent/memory.ts';
import type { NoAnswer } from '#device-agent/no-answer.ts';
import { sendOutbox } from '#device-agent/outbox.ts';
import { portalOf } from '#device-agent/portal.ts';
import { Unreached } from '#device-agent/unreached.ts';
import { AGENT } from '../support/agent-on-device.ts';
import { anAuthority, type Authority, type KeyPairFiles } from '../support/certificates.ts';

/** What an agent says when its portal cannot be found, reached or believed: each against a socket that behaves so. */
const folder = mkdtempSync(join(tmpdir(), 'countersign-unreached-'));
const servers: Server[] = [];
const opened: Socket[] = [];
const DAY_MS = 86_400_000;
const LOCAL = '127.0.0.1';
const TICKET = '0K3M-9X7T-ABCD-12EF';
/** Names of errors, and the resolver's own word, as no person should have to read them. */
const RAW = /getaddrinfo|E[A-Z]{4,}|[A-Z]+_[A-Z_]+|errno|socket hang up|self.signed|altname/;
let bank: Authority;
let mallory: Authority;
let identity: Identity;
let asked = 0;

before(async () => {
  bank = await anAuthority(folder, 'bank');
  mallory = await anAuthority(folder, 'mallory');
  identity = identityIn(join(folder, 'state'), 'laptop-1.bank.test');
});
after(async () => {
  for (const socket of opened) socket.destroy();
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function portOf(server: Server): Promise<number> {
  servers.push(server);
  server.on('connection', (socket) => opened.push(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, LOCAL, resolve));
  return (server.address() as AddressInfo).port;
}

/** Somebody who answers every request over TLS with a page of a proxy. */
function serving({ cert, key }: KeyPairFiles, tls: { maxVersion?: 'TLSv1.2' } = {}): Promise<number> {
  return portOf(
    createServer({ cert: readFileSync(cert), key: readFileSync(key), ...tls }, (request, response) => {
      asked++;
      request.resume();
      response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>');
    }),
  );
}

/** A port at which nobody listens any more. */
async function closedPort(): Promise<number> {
  const server = createTcpServer();
  const port = await portOf(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A port whose queue is full and never served: the kernel drops who comes, as a packet filter does. */
async function deafPort(): Promise<number> {
  const deaf = new Worker(
    `const { parentPort } = require('node:worker_threads');
     const server = require('node:net').createServer().listen({ port: 0, host: '${LOCAL}', backlog: 1 }, () => {
       parentPort.postMessage(server.address().port);
       Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
     });`,
    { eval: true },
  );
  after(() => deaf.terminate());
  const port = await new Promise<number>((resolve) => deaf.once('message', resolve));
  for (let i = 0; i < 8; i++) opened.push(connect(port, LOCAL).on('error', () => undefined));
  return port;
}

const asUrl = (port: number, host = 'localhost'): string => `https://${host}:${port}`;
const cases: readonly [why: NoAnswer, portal: () => Promise<string>, words: RegExp][] = [
  ['name-not-found', async () => asUrl(8445, `${'x'.repeat(64)}.bank.test`), /was not found.*settings file \(portal\).*name servers/],
  ['refused', async () => asUrl(await closedPort(), LOCAL), /refuses connections.*port in the settings file/],
  ['silence', async () => asUrl(await portOf(createTcpServer()), LOCAL), /does not answer at.*packet filter/],
  ['silence', async () => asUrl(await deafPort(), LOCAL), /does not answer at.*packet filter/],
  ['broken-off', async () => asUrl(await portOf(createTcpServer((one) => void one.destroy())), LOCAL), /broke off/],
  ['other-authority', async () => asUrl(await serving(await mallory.issue('localhost'))), /pinned authority did not issue.*\(ca;/],
  ['other-name', async () => asUrl(await serving(await bank.issue('other.bank.test'))), /for another name.*\(portal\)/],
  ['expired', () => dated(-2, -1), /has expired, or the clock of this device is ahead: it says 20\d\d-.*Set the clock/],
  ['not-yet-valid', () => dated(1, 2), /not valid yet, or the clock of this device is behind: it says 20\d\d-.*Set the clock/],
  ['other-tls', async () => asUrl(await serving(await bank.issue('localhost'), { maxVersion: 'TLSv1.2' })), /does not speak TLS 1\.3/],
  [
    'other-tls',
    async () => asUrl(await portOf(createTcpServer((one) => void one.write('SSH-2.0-x\r\n'))), LOCAL),
    /does not speak TLS 1\.3/,
  ],
];

async function dated(from: number, until: number): Promise<string> {
  const [notBefore, notAfter] = [from, until].map((days) => new Date(Date.now() + days * DAY_MS));
  assert.ok(notBefore && notAfter);
  return asUrl(await serving(await bank.issue('localhost', { notBefore, notAfter })));
}

test('whatever keeps an agent from its portal is said in words, with host, port and what to do, and nothing of what was sent', async () => {
  for (const [why, where, words] of cases) {
    const url = await where();
    const portal = portalOf({ portal: url, ca: bank.ca }, identity, why === 'silence' ? 300 : undefined);
    const error = await portal.ask('POST', '/enrolments', { ticket: TICKET }).then(
      () => assert.fail(`${why}: answered`),
      (thrown: unknown) => thrown,
    );
    portal.close();
    assert.ok(error instanceof Unreached, `${why}: ${String(error)}`);
    assert.equal(error.why, why);
    assert.equal(error.at, new URL(url).host);
    assert.match(error.message, words);
    assert.ok(error.message.includes(new URL(url).host), error.message);
    assert.doesNotMatch(error.message, RAW);
    assert.ok(!error.message.includes(TICKET));
  }
  assert.equal(asked, 0, 'nobody who is not the portal was sent a request');
});

test('a stranger with the right certificate, who answers as no portal does, is told from a portal that refuses', async () => {
  const url = asUrl(await serving(await bank.issue('localhost')));
  const portal = portalOf({ portal: url, ca: bank.ca }, identity);
  const { signal } = new AbortController();
  for (const asking of [() => portal.ask('GET', ''), () => portal.open('/notices', {}, signal)])
    await assert.rejects(asking, (error: Unreached) => error.why === 'no-sense' && /port in the settings file/.test(error.message));
  portal.close();
});

test('at enrolment the same is read on the terminal, and an authority that is none is named by its file', async () => {
  const settings = join(folder, 'settings.json');
  const enrol = async (more: object): Promise<{ code: number | null; stderr: string }> => {
    writeFileSync(settings, JSON.stringify({ state: join(folder, 'enrolling'), name: 'laptop-1.bank.test', ca: bank.ca, ...more }));
    return new Promise((resolve) => {
      const [program = '', ...args] = AGENT;
      const child = execFile(program, [...args, 'enrol', '--config', settings], (_error, _stdout, stderr) =>
        resolve({ code: child.exitCode, stderr }),
      );
      child.stdin?.end(`${TICKET}\n`);
    });
  };
  const port = await serving(await mallory.issue('localhost'));
  const untrusted = await enrol({ portal: asUrl(port) });
  assert.equal(untrusted.code, 1);
  assert.match(
    untrusted.stderr,
    new RegExp(`^What answers at localhost:${port} has a certificate that the pinned authority did not issue.*\\n$`),
  );
  const noAuthority = join(folder, 'empty.pem');
  writeFileSync(noAuthority, 'no certificate\n');
  for (const ca of [noAuthority, join(folder, 'missing.pem')])
    assert.equal(
      (await enrol({ portal: asUrl(port), ca })).stderr,
      `${ca} holds no certificate that can be read. Write the certificate of the authority of the portal there, in PEM.\n`,
    );
});

test('a running agent logs the same for what it hears and for what it has to say, which it keeps', async () => {
  const url = asUrl(await closedPort(), LOCAL);
  const memory = openMemory(join(folder, 'state'));
  memory.change((draft) => {
    draft.device = randomUUID();
    draft.outbox.push({ notice: randomUUID(), statement: '{}', signature: 'x' });
  });
  const over = new AbortController();
  const lines: Record<string, unknown>[] = [];
  const log = (event: string, details: object = {}): void => {
    lines.push({ event, ...details });
    if (new Set(lines.map((line) => line['event'])).size === 2) over.abort();
  };
  const portal = portalOf({ portal: url, ca: bank.ca }, identity);
  const agent = { memory, portal, log, identity } as unknown as Agent; // what listening and sending use of it
  const wake = latch(over.signal);
  await Promise.all([
    listen(agent, { wake, signal: over.signal, onNotice: async () => undefined }),
    sendOutbox(agent, latch(over.signal), over.signal),
  ]);
  portal.close();
  assert.deepEqual(new Set(lines.map(({ event }) => event)), new Set(['not-listening', 'not-sent']));
  for (const { why, portal: at, words } of lines) {
    assert.deepEqual([why, at], ['refused', new URL(url).host]);
    assert.match(String(words), /refuses connections/);
  }
  assert.equal(memory.now.outbox.length, 1, 'what was not sent is kept');
});
