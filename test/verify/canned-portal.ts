import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** What a portal may do wrong, and the requirement that it then fails. */
export const PORTAL_FAULTS = {
  'is not there for whoever asks how it is': 'P1',
  'describes less than a login screen asks for': 'P2',
  'is an older OpenAPI': 'P2',
  'needs no header of its own': 'P3',
  'takes what another site sends': 'P3',
  'takes members that nobody knows': 'P4',
  'reads any media type': 'P4',
  'has something at every address': 'P4',
  'knows who is there': 'P5',
  'binds the reset to no browser': 'P5',
  'gives a cookie that scripts read': 'P5',
  'shows a reset to everybody': 'P6',
  'tells of a reset in one piece': 'P7',
  'begins its events with something else': 'P7',
  'takes any proof': 'P8',
  'goes on after the end': 'P8',
  'gives every device the same challenge': 'P9',
  'takes the word of a device that nobody signed': 'P9',
} as const;
export type PortalFault = keyof typeof PORTAL_FAULTS;

const RESETS = '/api/v1/portal/resets';
const AT = [
  '',
  '/{reference}',
  '/{reference}/proofs',
  '/{reference}/factors',
  '/{reference}/operation',
  '/{reference}/lost-factors',
  '/{reference}/new-factors',
  '/{reference}/password',
  '/{reference}/cancel',
  '/{reference}/device',
  '/{reference}/device/challenge',
  '/{reference}/events',
];
const REFERENCE = '0K3M-9X7T-ABCD';
const NEXT = { step: 'prove', message: 'Show a proof.' };

type Reply = { status: number; body?: object; headers?: Record<string, string>; isStream?: boolean };
const refused = (status: number, code: string): Reply => ({ status, body: { type: 'about:blank', title: code, status, code } });

/** A portal that says what the protocol asks of one and does nothing at all; with a fault it does otherwise in that. That the real one does so is seen in test/devices/whole.test.ts. */
export async function cannedPortal(
  { certFile, keyFile }: { certFile: string; keyFile: string },
  fault?: PortalFault,
): Promise<{ url: string; close: () => Promise<void> }> {
  const held = randomUUID();
  let isOver = false;

  function replyTo({ method, url = '', headers }: IncomingMessage, text: string): Reply {
    if (url === '/healthz')
      return fault === 'is not there for whoever asks how it is' ? refused(401, 'signed-out') : { status: 200, body: {} };
    if (url === '/api/v1/openapi.json') {
      const paths = fault === 'describes less than a login screen asks for' ? AT.slice(0, 4) : AT;
      const openapi = fault === 'is an older OpenAPI' ? '3.0.3' : '3.1.0';
      return { status: 200, body: { openapi, paths: Object.fromEntries(paths.map((path) => [RESETS + path, {}])) } };
    }
    const [, reference, what, more] = /^\/api\/v1\/portal\/resets(?:\/([^/]+)(?:\/([^/]+)(.*))?)?$/.exec(url) ?? [];
    const isKnown = url.startsWith(RESETS) && (what === undefined || AT.includes(`/{reference}/${what}${more ?? ''}`));
    if (!isKnown) return fault === 'has something at every address' ? { status: 200, body: {} } : refused(401, 'sign-in-needed');
    if (method === 'POST') {
      if (headers['x-countersign'] !== '1' && fault !== 'needs no header of its own') return refused(403, 'missing-header');
      if (headers['sec-fetch-site'] === 'cross-site' && fault !== 'takes what another site sends') return refused(403, 'wrong-origin');
      if (text !== '' && headers['content-type'] !== 'application/json' && fault !== 'reads any media type')
        return refused(415, 'wrong-media-type');
    }
    if (reference === undefined) return begin(text);
    const isHeld = headers.cookie?.includes(held) === true || (fault === 'shows a reset to everybody' && what === undefined);
    if (!isHeld) return refused(404, 'wrong-browser');
    if (what === undefined) return { status: 200, body: { reference: REFERENCE, next: NEXT } };
    if (what === 'events') return events();
    if (isOver && fault !== 'goes on after the end') return refused(409, 'reset-over');
    if (what === 'device') return more ? challenge() : device();
    if (what === 'cancel') {
      isOver = true;
      return { status: 200, body: {} };
    }
    return isOver || fault === 'takes any proof' ? { status: 200, body: { next: NEXT } } : refused(422, 'proof-not-accepted');
  }

  function begin(text: string): Reply {
    const { account, ...others } = JSON.parse(text || '{}') as { account?: string };
    if (Object.keys(others).length > 0 && fault !== 'takes members that nobody knows') return refused(400, 'bad-request');
    if (fault === 'knows who is there') return refused(404, `no-${account ? 'account' : 'name'}`);
    const flags = fault === 'gives a cookie that scripts read' ? '' : ' HttpOnly;';
    const name = fault === 'binds the reset to no browser' ? 'reset' : '__Host-reset';
    const cookie = `${name}=${held}; Path=/; Secure;${flags} SameSite=Strict`;
    return { status: 201, body: { reference: REFERENCE, next: NEXT }, headers: { 'Set-Cookie': cookie } };
  }

  function challenge(): Reply {
    const nonce = fault === 'gives every device the same challenge' ? Buffer.alloc(32) : randomBytes(32);
    return { status: 201, body: { ceremony: randomUUID(), challenge: nonce.toString('base64url') } };
  }

  function device(): Reply {
    return fault === 'takes the word of a device that nobody signed' ? { status: 204 } : refused(422, 'device-statement-refused');
  }

  function events(): Reply {
    if (fault === 'tells of a reset in one piece') return { status: 200, body: { state: 'identified', next: NEXT } };
    return {
      status: 200,
      body: fault === 'begins its events with something else' ? { hello: 1 } : { state: 'identified', next: NEXT },
      isStream: true,
    };
  }

  const server = createServer(
    { cert: readFileSync(certFile), key: readFileSync(keyFile), minVersion: 'TLSv1.3', ALPNProtocols: ['http/1.1'] },
    (request, response) => {
      let text = '';
      request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      request.on('end', () => send(response, replyTo(request, text)));
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function send(response: ServerResponse, { status, body, headers = {}, isStream }: Reply): void {
  const type = isStream ? 'text/event-stream' : status >= 400 ? 'application/problem+json' : 'application/json';
  const text = JSON.stringify(body ?? {});
  response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store', ...headers });
  if (isStream) response.write(`event: reset\ndata: ${text}\n\n`);
  else response.end(text);
}
