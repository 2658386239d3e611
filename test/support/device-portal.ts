import { createHash, createPublicKey, generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { setTimeout } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { openStatement, signStatement, TAGS, type Signed } from '#device-agent/statement.ts';
import { issueDirectoryCertificate, type CertificateAuthority } from '#ops/directory/certificate.ts';
import { patiently } from './patiently.ts';

/** What a device said of a notice, its signature verified. */
export interface Ack {
  notice: string;
  device: string;
  stage: string;
  at: string;
  controllerReachable: boolean | null;
  lastOnlineAuth: string | null;
  reason: string | null;
}

export interface Report {
  device: string;
  sequence: number;
  sssd: { version: string; layout: string; storesPasswordIfOffline: boolean };
  accounts: { sid: string; name: string; cachedAt: string; lastOnlineAuth: string }[];
  sealingKey?: string;
}

interface Device {
  id: string;
  key: KeyObject;
  isRevoked: boolean;
}

export interface Notice {
  notice: string;
  device: string;
  account: { guid: string; sid: string; name: string };
  reset: string;
  writtenAt: string;
  verb: 'invalidate' | 'deferred' | 'sealed-hash';
  sealedHash?: { sha256: string; expiresAt: string; otherwise: 'invalidate' | 'deferred' };
  endSessions: boolean;
  issuedAt: string;
  expiresAt: string;
}

/** Of a change of what somebody signs in with. */
export interface Telling {
  notice: string;
  device: string;
  account: { guid: string; sid: string; name: string };
  verb: 'tell';
  change: string;
  changedAt: string;
  issuedAt: string;
  expiresAt: string;
}

/** The side of the portal towards devices, as docs/device-protocol.md describes it: just enough of it to see what an agent does. */
export interface DevicePortal {
  url: string;
  /** A ticket for one device. */
  ticket: () => string;
  /** The id of the only device that is enrolled, or of the one enrolled at this place. */
  device: (at?: number) => string;
  /** Puts a notice into the streams until it is answered for good, with what is sealed to its device. */
  tell: (notice: Notice | Telling, sealed?: string) => void;
  /** Of the writer whose sealed hashes a device may take: SubjectPublicKeyInfo in base64. */
  writerKeys: string[];
  /** Puts data into the open streams once, as it is. */
  shout: (id: string, data: string) => void;
  /** The same until the device has answered with `cannot`, since a stream that is just being opened anew misses it; why it could not. */
  refusal: (id: string, data: string) => Promise<string | null>;
  /** A notice's data as the verifier signs it; with another key, as somebody else would. */
  signed: (notice: Notice | Telling, key?: KeyObject) => string;
  /** Every acknowledgement, in the order in which they came. */
  acks: Ack[];
  reports: Report[];
  /** The stages that were said of a notice. What is open comes again with each connection and is answered again by the same statement: that counts once. */
  stages: (notice: string) => string[];
  /** Resolves when this was said of a notice. */
  said: (notice: string, stage: string) => Promise<Ack>;
  /** Asked before an acknowledgement is taken: what it resolves to is what is done with it. */
  onAck: (ack: Ack) => Promise<'take' | 'lose'>;
  /** Judges a device that asks to be enrolled as a computer: what it answers is the refusal. */
  onComputer: (asked: { computer: string; name: string; key: Buffer }) => Promise<string | undefined>;
  revoke: (device: string) => void;
  stop: () => Promise<void>;
  start: () => Promise<void>;
}

/** Where a final answer was given, a notice is not sent again. */
const FINAL = ['refreshed', 'nothing-cached', 'cannot', 'shown'];

/** Starts it on an address. Close it with `stop`. */
export async function devicePortal(address: string, ca: CertificateAuthority): Promise<DevicePortal> {
  const { certPem, keyPem } = await issueDirectoryCertificate(ca, { dns: ['portal.bank.test'], ip: address });
  const signer = generateKeyPairSync('ed25519');
  const keyId = 'verifier-1';
  const tickets = new Set<string>();
  const devices = new Map<string, Device>();
  const open = new Map<string, { notice: Notice | Telling; sealed: string | undefined }>();
  const streams = new Map<ServerResponse, Device>();
  let server: Server | undefined;
  let port = 0;

  const portal: DevicePortal = {
    url: '',
    ticket() {
      const ticket = randomUUID();
      tickets.add(ticket);
      return ticket;
    },
    device: (at = 0) => [...devices.values()][at]?.id ?? '',
    tell(notice, sealed) {
      open.set(notice.notice, { notice, sealed });
      for (const [stream, { id }] of streams)
        if (id === notice.device) send(stream, notice.notice, withSealed(portal.signed(notice), sealed));
    },
    writerKeys: [],
    shout(id, data) {
      for (const stream of streams.keys()) send(stream, id, data);
    },
    refusal: (id, data) =>
      patiently(async () => {
        const said = (): Ack | undefined => portal.acks.find((ack) => ack.notice === id && ack.stage === 'cannot');
        if (!said()) portal.shout(id, data);
        for (let waited = 0; !said() && waited < 2000; waited += 50) await setTimeout(50);
        const found = said();
        if (!found) throw new Error(`nobody said that ${id} cannot be done: ${JSON.stringify(portal.acks)}`);
        return found.reason;
      }),
    signed(notice, key = signer.privateKey) {
      return JSON.stringify({ ...signStatement(TAGS.notice, { ...notice }, key), key: keyId });
    },
    acks: [],
    reports: [],
    stages: (notice) =>
      [...new Set(portal.acks.filter((ack) => ack.notice === notice).map((ack) => JSON.stringify(ack)))].map(
        (ack) => (JSON.parse(ack) as Ack).stage,
      ),
    said: (notice, stage) =>
      patiently(async () => {
        const found = portal.acks.find((ack) => ack.notice === notice && ack.stage === stage);
        if (!found) throw new Error(`nobody said ${stage} of ${notice}: ${JSON.stringify(portal.acks)}`);
        return found;
      }),
    onAck: async () => 'take',
    onComputer: async () => 'device-account-refused',
    revoke(id) {
      for (const device of devices.values()) device.isRevoked ||= device.id === id;
      for (const [stream, device] of streams) if (device.id === id) stream.end('event: revoked\ndata: {}\n\n');
    },
    async stop() {
      const closed = new Promise((resolve) => server?.close(resolve));
      server?.closeAllConnections();
      await closed;
    },
    async start() {
      server = createServer(
        { cert: certPem, key: keyPem, minVersion: 'TLSv1.3', requestCert: true, rejectUnauthorized: false },
        (ask, answer) => {
          handle(ask, answer).catch((error: unknown) => {
            refuse(answer, 500, error instanceof Error ? error.message : 'failed');
          });
        },
      );
      const listening = new Promise<void>((resolve) => server?.once('listening', resolve));
      server.listen(port, address);
      await listening;
      const at = server.address();
      port = typeof at === 'object' && at ? at.port : 0;
      portal.url = `https://portal.bank.test:${port}`;
    },
  };

  async function handle(ask: IncomingMessage, answer: ServerResponse): Promise<void> {
    const spki = (ask.socket as TLSSocket).getPeerX509Certificate()?.publicKey.export({ format: 'der', type: 'spki' });
    if (!spki) return refuse(answer, 401, 'device-unknown');
    const path = (ask.url ?? '').replace('/api/v1/device', '');
    const fingerprint = createHash('sha256').update(spki).digest('hex');
    if (path === '/enrolments') {
      const said = JSON.parse(await textOf(ask)) as { ticket: string } | { computer: string; name: string };
      if ('computer' in said) {
        const why = await portal.onComputer({ ...said, key: spki });
        if (why !== undefined) return refuse(answer, 403, why);
      } else if (!tickets.delete(said.ticket)) return refuse(answer, 403, 'device-ticket-refused');
      const device = { id: randomUUID(), key: createPublicKey({ key: spki, format: 'der', type: 'spki' }), isRevoked: false };
      devices.set(fingerprint, device);
      const publicKey = signer.publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
      return reply(answer, 201, {
        device: device.id,
        state: 'active',
        noticeKeys: [{ id: keyId, publicKey }],
        writerKeys: portal.writerKeys,
        verb: 'invalidate',
      });
    }
    const device = devices.get(fingerprint);
    if (!device) return refuse(answer, 401, 'device-unknown');
    if (device.isRevoked) return refuse(answer, 403, 'device-revoked');
    if (path === '') return reply(answer, 200, { device: device.id, state: 'active', settings: { verb: 'invalidate', reportEvery: 3600 } });
    if (path === '/notices') return stream(answer, device);
    const signed = JSON.parse(await textOf(ask)) as Signed;
    const of = path === '/report' ? TAGS.report : TAGS.ack;
    const said = openStatement(of, signed, device.key);
    if (said === undefined) return refuse(answer, 400, 'bad-request');
    if (of === TAGS.report) {
      portal.reports.push(said as unknown as Report);
      return reply(answer, 200, {});
    }
    const ack = said as unknown as Ack;
    if ((await portal.onAck(ack)) === 'lose') return void ask.socket.destroy();
    portal.acks.push(ack);
    if (FINAL.includes(ack.stage)) open.delete(ack.notice);
    reply(answer, 200, { state: ack.stage });
  }

  function stream(answer: ServerResponse, device: Device): void {
    answer.writeHead(200, { 'content-type': 'text/event-stream' });
    answer.write(': here\n\n');
    streams.set(answer, device);
    answer.once('close', () => streams.delete(answer));
    for (const { notice, sealed } of open.values())
      if (notice.device === device.id) send(answer, notice.notice, withSealed(portal.signed(notice), sealed));
  }

  await portal.start();
  return portal;
}

function withSealed(data: string, sealed: string | undefined): string {
  return sealed === undefined ? data : JSON.stringify({ ...(JSON.parse(data) as object), sealed });
}

function send(stream: ServerResponse, id: string, data: string): void {
  stream.write(`event: notice\nid: ${id}\ndata: ${data}\n\n`);
}

function reply(answer: ServerResponse, status: number, body: unknown): void {
  answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function refuse(answer: ServerResponse, status: number, code: string): void {
  answer.writeHead(status, { 'content-type': 'application/problem+json' }).end(JSON.stringify({ code, status }));
}

async function textOf(ask: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of ask.setEncoding('utf8') as AsyncIterable<string>) text += chunk;
  return text;
}
