import { constants, randomUUID, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { z } from 'zod';
import { stampOf } from '#file-stamp';
import { HANDLE, LARGEST_CERTIFICATE, printTicket, type CardTicket } from '#evidence/card-ticket.ts';
import { CARD_PAGE_STYLE, cardPage, type CardPage } from './card-page.ts';
import type { Logger } from './problem.ts';
import type { TlsFiles } from './tls-server.ts';

export interface CardServerOptions {
  tls: TlsFiles;
  readKey: (file: string) => Buffer;
  /** trust.json of whose cards count; as long as there is none, no ticket is given. */
  trustFile: string;
  /** Origin of the portal. */
  portal: string;
  /** Ed25519. */
  signing: KeyObject;
  log: Logger;
}

/** So many browsers may be at their PIN at the same time; the rest waits. */
const MOST_CONNECTIONS = 500;
/** A reference, for its factor step or for coming back to it; and a handle. */
const PATH = /^\/((?:[0-9A-Z]{4}-){2}[0-9A-Z]{4}(?:\/return)?)\/([^/]+)$/;
const trust = z.object({ issuers: z.string() });

/**
 * The server of the card listener: one page, at /<reference>/<handle>, or /<reference>/return/<handle> for who comes back. Whoever used the key of a certificate in the handshake is given a
 * ticket that says so, in a form that goes on to the portal. TLS 1.2 or 1.3. A handshake is good for one request: connections are
 * closed behind it, and no session is ever resumed, so that no card speaks again without its key. Which certificates count is
 * not judged here; their browser is told the names of the issuers, so that it offers the right ones.
 */
export function cardServer(options: CardServerOptions): Server {
  const { trustFile, log } = options;
  let stamp = stampOf(trustFile);
  const material = () => ({
    cert: readFileSync(options.tls.certFile),
    key: options.readKey(options.tls.keyFile),
    // Names for the browser. That one of these signed the certificate is for the verifier to find.
    ca: issuersIn(trustFile),
  });
  const server = createServer(
    {
      ...material(),
      requestCert: true,
      // A refused handshake shows no page; and nothing is refused here.
      rejectUnauthorized: false,
      minVersion: 'TLSv1.2',
      // RFC 8446 §4.2.11 and RFC 5077: a resumed session proves no key again. RFC 5746: and none is shown in the middle of one.
      secureOptions: constants.SSL_OP_NO_TICKET | NO_RENEGOTIATION,
      ALPNProtocols: ['http/1.1'],
      maxHeaderSize: 16_384,
    },
    (request, response) => answer(options, stamp !== undefined, request, response),
  );
  server.maxConnections = MOST_CONNECTIONS;
  server.maxRequestsPerSocket = 1;
  server.keepAliveTimeout = 1;
  server.headersTimeout = 10_000;
  server.requestTimeout = 10_000;
  const readAgain = () => {
    try {
      server.setSecureContext(material());
      log.info({}, 'certificate, key and issuers were read again');
    } catch {
      log.error({}, 'certificate, key or issuers could not be read; the former ones stay in use');
    }
  };
  process.on('SIGHUP', readAgain);
  server.on('close', () => process.off('SIGHUP', readAgain));
  // Before the handshake of the connection that comes just now.
  server.prependListener('connection', () => {
    const now = stampOf(trustFile);
    if (now === stamp) return;
    stamp = now;
    readAgain();
  });
  // Browsers begin a handshake, ask which certificate, and begin another one.
  server.on('tlsClientError', () => {});
  return server;
}

/** SSL_OP_NO_RENEGOTIATION of OpenSSL, which Node does not name. */
const NO_RENEGOTIATION = 1 << 30;

function answer({ portal, signing }: CardServerOptions, isOn: boolean, request: IncomingMessage, response: ServerResponse): void {
  const socket = request.socket as TLSSocket; // of an HTTPS server
  const send = (status: number, page: CardPage) => {
    response.writeHead(status, {
      'Content-Type': 'text/html; charset=utf-8',
      Connection: 'close',
      'Cache-Control': 'no-store',
      'Content-Security-Policy': `default-src 'none'; style-src '${CARD_PAGE_STYLE}'; img-src data:; form-action ${portal}; base-uri 'none'; frame-ancestors 'none'`,
      'X-Content-Type-Options': 'nosniff',
      // The portal takes the form of this origin only, so this origin is named; the address with the handle is not.
      'Referrer-Policy': 'strict-origin',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Resource-Policy': 'same-origin',
    });
    response.end(request.method === 'HEAD' ? undefined : cardPage(page));
  };
  const [, place = '', handle = ''] = PATH.exec(request.url ?? '') ?? [];
  if (request.method !== 'GET' && request.method !== 'HEAD') return send(405, { state: 'nothing', portal });
  if (!HANDLE.test(handle)) return send(404, { state: 'nothing', portal });
  const back = `${portal}/reset/${place}`;
  if (!isOn) return send(403, { state: 'off', back });
  const certificate = socket.getPeerX509Certificate();
  // Refused although sessions are not kept: what was resumed shows a certificate whose key nobody used just now.
  if (!certificate || socket.isSessionReused()) return send(403, { state: 'none', back, again: `/${place}/${handle}` });
  if (certificate.raw.length > LARGEST_CERTIFICATE) return send(403, { state: 'too-large', back });
  const protocol = socket.getProtocol();
  if (protocol !== 'TLSv1.2' && protocol !== 'TLSv1.3') return send(403, { state: 'none', back, again: `/${place}/${handle}` });
  const ticket: CardTicket = {
    v: 1,
    type: 'card-ticket',
    id: randomUUID(),
    handle,
    certificate: certificate.raw.toString('base64'),
    protocol,
    at: new Date().toISOString(),
  };
  const subject = certificate.toLegacyObject().subject.CN;
  send(200, {
    state: 'shown',
    back,
    action: `${back}/card`,
    ticket: printTicket(ticket, signing),
    name: typeof subject === 'string' ? subject : undefined,
  });
}

/** PEM of the authorities that issue cards; none when no cards count. */
function issuersIn(file: string): string[] {
  try {
    const { issuers } = trust.parse(JSON.parse(readFileSync(file, 'utf8')));
    return issuers.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  } catch {
    return [];
  }
}
