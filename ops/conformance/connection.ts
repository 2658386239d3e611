import { isIP } from 'node:net';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { newCredential, otherCredential } from './credential.ts';
import type { Peer, Target } from './peer.ts';
import { BASE, saidBy, type Requirement } from './suite.ts';
import { must } from './verdict.ts';

/** Addresses of the interface, and some that are none. */
const ADDRESSES: readonly (readonly [string, string])[] = [
  ['GET', BASE],
  ['PUT', `${BASE}/report`],
  ['GET', `${BASE}/notices`],
  ['POST', `${BASE}/notices/00000000-0000-4000-8000-000000000000/acks`],
  ['GET', `${BASE}/openapi.json`],
  ['GET', `${BASE}/nowhere`],
  ['DELETE', BASE],
  ['OPTIONS', BASE],
  ['GET', '/'],
];
const ENROLMENT = ['POST', `${BASE}/enrolments`] as const;
const HANDSHAKE_MS = 10_000;

/** The connection: TLS, who is believed, and a closed door for everybody else. */
export const connectionRequirements: readonly Requirement[] = [
  {
    number: 'C1',
    expected: 'TLS 1.3, with a certificate for the name of the address, by the given authority',
    async check({ target }) {
      const socket = await handshake(target, { rejectUnauthorized: false });
      const seen = `${socket.getProtocol()}, ${socket.authorized ? 'certificate is good' : String(socket.authorizationError)}`;
      const isGood = socket.getProtocol() === 'TLSv1.3' && socket.authorized;
      socket.destroy();
      must(isGood, seen);
      return seen;
    },
  },
  {
    number: 'C2',
    expected: 'no connection by TLS 1.2',
    async check({ target }) {
      (await handshake(target, { rejectUnauthorized: false })).destroy();
      const older = await handshake(target, { rejectUnauthorized: false, minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' }).catch(
        () => undefined,
      );
      older?.destroy();
      must(older === undefined, 'TLS 1.2 was accepted');
      return 'TLS 1.2 was refused';
    },
  },
  {
    number: 'C3',
    expected: 'no session is resumed: each connection proves its key',
    async check({ target }) {
      const { certificatePem: cert, keyPem: key } = newCredential('resumed');
      const first = await handshake(target, { cert, key });
      let session: Buffer | undefined;
      first.on('session', (offered) => (session = offered));
      first.on('error', () => {});
      const isOver = new Promise((resolve) => first.once('close', resolve));
      first.resume().write(`GET ${BASE} HTTP/1.1\r\nHost: ${target.url.host}\r\nConnection: close\r\n\r\n`);
      await isOver;
      if (!session) return 'no session was offered';
      const second = await handshake(target, { cert, key, session });
      const isReused = second.isSessionReused();
      second.destroy();
      must(!isReused, 'the session was resumed');
      return 'a session was offered, and not resumed';
    },
  },
  {
    number: 'C4',
    expected: '401 device-unknown without a certificate, whatever is asked, and the connection ends',
    check: async (suite) => refused(suite.peer(), [...ADDRESSES, ENROLMENT]),
  },
  {
    number: 'C5',
    expected: '401 device-unknown with a key that is not enrolled, whatever is asked but to enrol, and the connection ends',
    check: async (suite) => refused(suite.stranger, ADDRESSES),
  },
  {
    number: 'C6',
    expected: '401 device-unknown with a key that is not Ed25519, to enrol too',
    check: async (suite) => refused(suite.peer(await otherCredential()), [['GET', BASE], ENROLMENT]),
  },
];

async function refused(peer: Peer, addresses: readonly (readonly [string, string])[]): Promise<string> {
  for (const [method, path] of addresses) {
    const isWriting = method === 'POST' || method === 'PUT';
    const answer = await peer.ask(method, path, isWriting ? { body: {} } : {});
    must(answer.status === 401 && answer.body['code'] === 'device-unknown', `${answer.asked}: ${saidBy(answer)}`);
    must(await answer.ended(), `${answer.asked}: the connection stayed open`);
  }
  return `so for all of ${addresses.length}`;
}

function handshake({ url, caPem }: Target, of: ConnectionOptions): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: url.hostname,
      port: Number(url.port || 443),
      // RFC 6066 §3: an address is no server name.
      servername: isIP(url.hostname) === 0 ? url.hostname : '',
      ca: caPem,
      minVersion: 'TLSv1.3',
      ALPNProtocols: ['http/1.1'],
      ...of,
    });
    socket.setTimeout(HANDSHAKE_MS, () => socket.destroy(new Error('no answer to the handshake')));
    socket.once('secureConnect', () => resolve(socket));
    socket.once('error', reject);
  });
}
