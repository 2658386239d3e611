import '#ops/directory/reflect-metadata.ts';
import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import * as x509 from '@peculiar/x509';
import { canonical, type Json } from '#evidence/jcs.ts';
import { keyHashOf } from '#prisma/device-rows.ts';

export interface DeviceAnswer {
  status: number;
  body: Record<string, unknown>;
}

export interface SignedText {
  statement: string;
  signature: string;
}

/** An agent as far as the server sees it: a key, a certificate of it, and what it says. It changes no cache. */
export interface TestDevice {
  name: string;
  keyHash: string;
  /** SubjectPublicKeyInfo, DER. */
  publicKey: Buffer;
  key: KeyObject;
  /** Its id, once it has enrolled. */
  id: string;
  ask(method: string, path: string, body?: unknown): Promise<DeviceAnswer>;
  enrol(ticket: string, as?: string): Promise<DeviceAnswer>;
  /** Without a ticket, as a computer of the directory. */
  enrolAs(computer: string, as?: string): Promise<DeviceAnswer>;
  /** Signs with its key whatever a scene wants it to. */
  sign(tag: string, body: Json): SignedText;
  /** `more`: members beside those that every report has. */
  report(accounts: readonly { sid: string; name: string }[], sequence?: number, more?: { [key: string]: Json }): Promise<DeviceAnswer>;
  ack(notice: string, stage: string, more?: { [key: string]: Json }): SignedText;
  sendAck(notice: string, stage: string, more?: { [key: string]: Json }): Promise<DeviceAnswer>;
  listen(): DeviceStream;
  close(): void;
}

export interface DeviceStream {
  events: { event: string; id: string | undefined; data: Record<string, unknown> }[];
  status: Promise<number>;
  /** Waits for the next event of a kind that was not taken yet. */
  next(event: string): Promise<Record<string, unknown>>;
  /** Resolves with the moment when the connection was gone. */
  gone: Promise<number>;
  close(): void;
}

const DAY_MS = 86_400_000;
let sequence = Date.now();

/** A device with a new key. `run`: where the stack listens for devices, and its authority. */
export async function newDevice(run: { devices: string; ca: string }, name: string): Promise<TestDevice> {
  const keys = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: `CN=${name}`,
    notBefore: new Date(Date.now() - DAY_MS),
    notAfter: new Date(Date.now() + DAY_MS),
    keys,
    signingAlgorithm: { name: 'Ed25519' },
  });
  const key = createPrivateKey({ key: Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)), format: 'der', type: 'pkcs8' });
  const tls = { cert: certificate.toString('pem'), key: key.export({ type: 'pkcs8', format: 'pem' }).toString() };
  return deviceWith(run, name, key, tls);
}

function deviceWith(run: { devices: string; ca: string }, name: string, key: KeyObject, tls: { cert: string; key: string }): TestDevice {
  const base = new URL(run.devices);
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const agent = new Agent({ keepAlive: true, maxCachedSessions: 0 });
  const open = (method: string, path: string, body: string | undefined, answered: (response: IncomingMessage) => void): ClientRequest => {
    const asked = request(
      {
        agent: path.endsWith('/notices') ? new Agent({ maxCachedSessions: 0 }) : agent,
        host: '127.0.0.1',
        servername: base.hostname,
        port: base.port,
        ca: readFileSync(run.ca),
        ...tls,
        method,
        path: `/api/v1/device${path}`,
        headers: body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      },
      answered,
    );
    return asked.end(body);
  };
  const self: TestDevice = {
    name,
    keyHash: keyHashOf(publicKey),
    publicKey,
    key,
    id: '',
    ask: (method, path, body) =>
      new Promise((resolve, reject) => {
        open(method, path, body === undefined ? undefined : JSON.stringify(body), (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          response.on('error', reject);
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, body: text ? (JSON.parse(text) as Record<string, unknown>) : {} }),
          );
        }).on('error', reject);
      }),
    async enrol(ticket, as = name) {
      const answer = await self.ask('POST', '/enrolments', { ticket, name: as, platform: 'linux', agent: '1.0.0' });
      if (answer.status === 201) self.id = String(answer.body['device']);
      return answer;
    },
    async enrolAs(computer, as = name) {
      const answer = await self.ask('POST', '/enrolments', { computer, name: as, platform: 'linux', agent: '1.0.0' });
      if (answer.status === 201) self.id = String(answer.body['device']);
      return answer;
    },
    sign(tag, body) {
      const statement = canonical(body);
      return { statement, signature: sign(null, Buffer.from(`${tag}\0${statement}`), key).toString('base64url') };
    },
    report(accounts, given, more = {}) {
      sequence += 1;
      const at = new Date().toISOString();
      const body = {
        device: self.id,
        sequence: given ?? sequence,
        at,
        agent: '1.0.0',
        sssd: { version: '2.8.2', layout: 'known', cachedAuthTimeout: 0, storesPasswordIfOffline: false },
        accounts: accounts.map((account) => ({ ...account, cachedAt: at, lastOnlineAuth: at })),
        ...more,
      };
      return self.ask('PUT', '/report', self.sign('countersign/device-report/v1', body));
    },
    ack(notice, stage, more = {}) {
      const said = {
        notice,
        device: self.id,
        stage,
        at: new Date().toISOString(),
        controllerReachable: true,
        lastOnlineAuth: null,
        reason: null,
      };
      return self.sign('countersign/notice-ack/v1', { ...said, ...more });
    },
    sendAck: (notice, stage, more) => self.ask('POST', `/notices/${notice}/acks`, self.ack(notice, stage, more)),
    listen: () => streamOf(open),
    close: () => agent.destroy(),
  };
  return self;
}

function streamOf(
  open: (method: string, path: string, body: undefined, answered: (response: IncomingMessage) => void) => ClientRequest,
): DeviceStream {
  const events: DeviceStream['events'] = [];
  const waiting: (() => void)[] = [];
  let taken = 0;
  let ended = false;
  let resolveGone: (at: number) => void = () => {};
  const isGone = new Promise<number>((resolve) => (resolveGone = resolve));
  const gone = () => {
    ended = true;
    resolveGone(Date.now());
  };
  let asked: ClientRequest | undefined;
  const status = new Promise<number>((resolve, reject) => {
    asked = open('GET', '/notices', undefined, (response) => {
      resolve(response.statusCode ?? 0);
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        const blocks = text.split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) {
          const data = /^data: (.*)$/m.exec(block)?.[1];
          if (data === undefined) continue;
          const event = /^event: (.*)$/m.exec(block)?.[1] ?? 'message';
          events.push({ event, id: /^id: (.*)$/m.exec(block)?.[1], data: JSON.parse(data) as Record<string, unknown> });
        }
        for (const wake of waiting.splice(0)) wake();
      });
      response.on('error', () => {});
      response.on('close', () => {
        gone();
        for (const wake of waiting.splice(0)) wake();
      });
    });
    asked.on('error', (error) => {
      gone();
      reject(error);
    });
  });
  status.catch(() => {});
  return {
    events,
    status,
    gone: isGone,
    async next(event) {
      const deadline = Date.now() + 60_000;
      for (;;) {
        const found = events.slice(taken).findIndex((one) => one.event === event);
        if (found >= 0) {
          taken += found + 1;
          return events[taken - 1]?.data ?? {};
        }
        assert.ok(Date.now() < deadline, `no ${event} came`);
        const timer = setTimeout(() => waiting.splice(0).forEach((wake) => wake()), deadline - Date.now());
        await Promise.race([new Promise<void>((resolve) => waiting.push(resolve)), isGone]);
        clearTimeout(timer);
        if (ended && events.slice(taken).every((one) => one.event !== event)) assert.fail(`the stream ended before a ${event}`);
      }
    },
    close: () => asked?.destroy(),
  };
}

/** What a notice says, checked as an agent checks it: signed by a key that it was given at enrolment, canonical, for this device. */
export function openNotice(data: Record<string, unknown>, noticeKeys: unknown): Record<string, unknown> {
  const { statement, signature, key } = data as { statement: string; signature: string; key: string };
  const pinned = (noticeKeys as { id: string; publicKey: string }[]).find(({ id }) => id === key);
  assert.ok(pinned, 'the notice names a key that is not pinned');
  const publicKey = createPublicKey({ key: Buffer.from(pinned.publicKey, 'base64'), format: 'der', type: 'spki' });
  assert.ok(verify(null, Buffer.from(`countersign/notice/v1\0${statement}`), publicKey, Buffer.from(signature, 'base64url')));
  const said = JSON.parse(statement) as Record<string, unknown>;
  assert.equal(canonical(said as Json), statement);
  return said;
}

/**
 * The next notice of a reset, opened, and the sealed copy that came with it, if one did. A change of a factor is told on the same stream,
 * and a recovery code that is used up is one: whether that comes before the notice of the reset or after it, nobody promises.
 */
export async function nextOfReset(
  stream: DeviceStream,
  noticeKeys: unknown,
): Promise<{ said: Record<string, unknown>; sealed: string | undefined }> {
  for (;;) {
    const came = await stream.next('notice');
    const said = openNotice(came, noticeKeys);
    if (said['verb'] !== 'tell') return { said, sealed: came['sealed'] as string | undefined };
  }
}
