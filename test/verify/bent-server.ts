import { constants } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { readSecret } from '#config';
import { BASE } from '#ops/conformance/suite.ts';
import type { ListeningWorld } from './device-listener.ts';

/** What a server may do wrong, and the requirements that it then fails. */
export const FAULTS = {
  'is called by another name': ['C1', 'C3', 'C4', 'C5', 'C6', 'E1', 'E2', 'E3', 'E8'],
  'takes TLS 1.2': ['C2'],
  'resumes sessions': ['C3'],
  'shows a page to anybody': ['C4', 'C5'],
  'keeps the connection of whom it refuses': ['C4', 'C5', 'C6'],
  'takes any ticket': ['E1', 'E2', 'E5', 'E8', 'V2'],
  'leaves the verb out': ['E3'],
  'gives another device to the same key': ['E4'],
  'tells a device that waits everything': ['E6'],
  'has another name for the device': ['E7'],
  'says which computers it does not know': ['E8'],
  'calls a report that it took something else': ['R1', 'R4', 'R7', 'N5'],
  'takes a report twice': ['R2'],
  'takes forged reports': ['R3', 'R7'],
  'counts a report that it refused': ['R4', 'R7', 'N5', 'F1'],
  'calls what is too large something else': ['R5', 'F1'],
  'reads any media type': ['R6'],
  'lets streams be kept': ['N1'],
  'keeps two streams': ['N2'],
  'refuses a Last-Event-ID': ['N3', 'N6'],
  'is silent': ['N4'],
  'signs a notice badly': ['N5', 'T1'],
  'names a notice by another id': ['N5', 'T1'],
  'tells a notice once': ['N6'],
  'takes a word about any notice': ['A1'],
  'takes forged acknowledgements': ['A2', 'T2'],
  'says that it was shown before it was': ['T3'],
  'goes backwards': ['A3'],
  'takes a word after the end': ['A4', 'T3'],
  'does not say that it revoked': ['V1'],
  'has problems of its own form': ['F1'],
  'lets answers be kept': ['F2'],
} as const;
export type Fault = keyof typeof FAULTS;

/** Answers of these statuses at this address become others. */
const STATUSES: Partial<Record<Fault, readonly [string, number, number]>> = {
  'takes any ticket': ['/enrolments', 403, 201],
  'calls a report that it took something else': ['/report', 204, 202],
  'tells a device that waits everything': ['/openapi.json', 403, 200],
  'takes a report twice': ['/report', 409, 204],
  'takes forged reports': ['/report', 422, 204],
  'calls what is too large something else': ['/report', 413, 400],
  'reads any media type': ['/report', 415, 204],
  'takes a word about any notice': ['/acks', 404, 200],
  'takes forged acknowledgements': ['/acks', 422, 200],
  'takes a word after the end': ['/acks', 410, 200],
};
/** Words in an answer that become others. */
const WORDS: Partial<Record<Fault, readonly [string, RegExp, string]>> = {
  'has another name for the device': [BASE, /"name":"/, '"name":"x'],
  'leaves the verb out': ['/enrolments', /,"verb":"[a-z]*"/, ''],
  'says which computers it does not know': ['/enrolments', /"code":"device-account-refused"/, '"code":"not-found"'],
  'goes backwards': ['/acks', /"state":"deferred"/, '"state":"received"'],
  'says that it was shown before it was': ['/acks', /"state":"not-shown"/, '"state":"shown"'],
  'has problems of its own form': ['', /"title":/, '"heading":'],
};
const EVENTS: Partial<Record<Fault, (event: string, told: Set<string>) => string>> = {
  'signs a notice badly': (event) =>
    event.replace(/("signature":")(.)/, (_, before: string, first: string) => `${before}${first === 'A' ? 'B' : 'A'}`),
  'names a notice by another id': (event) => event.replace(/^id: .*$/m, 'id: 00000000-0000-4000-8000-000000000000'),
  'does not say that it revoked': (event) => (event.startsWith('event: revoked') ? '' : event),
  'tells a notice once': (event, told) => {
    const id = /^id: (.*)$/m.exec(event)?.[1];
    if (id === undefined || !told.has(id)) return (told.add(id ?? ''), event);
    return '';
  },
};
/** It speaks more often than it has to, so that nobody waits for it. */
const COMMENT_MS = 100;

/** The real application behind a server that has one fault. */
export async function bentServer({ listener }: ListeningWorld, fault: Fault): Promise<{ url: string; close: () => Promise<void> }> {
  const told = new Set<string>();
  const enrolments = new Set<string>();
  const server = createServer(
    {
      cert: readFileSync(listener.certFile),
      key: readSecret(listener.keyFile),
      requestCert: true,
      rejectUnauthorized: false,
      minVersion: fault === 'takes TLS 1.2' ? 'TLSv1.2' : 'TLSv1.3',
      secureOptions: fault === 'resumes sessions' ? 0 : constants.SSL_OP_NO_TICKET,
      ALPNProtocols: ['http/1.1'],
    },
    (request, response) => {
      if (fault === 'shows a page to anybody' && request.url === '/')
        response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' }).end('{}');
      else if (fault === 'refuses a Last-Event-ID' && request.headers['last-event-id'] !== undefined) response.writeHead(400).end();
      else {
        bend(fault, { request, response, told, enrolments });
        listener.app(request, response);
      }
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://${fault === 'is called by another name' ? '127.0.0.1' : 'localhost'}:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Bending {
  request: IncomingMessage;
  response: ServerResponse;
  told: Set<string>;
  enrolments: Set<string>;
}

function bend(fault: Fault, { request, response, told, enrolments }: Bending): void {
  const { url = '' } = request;
  const writeHead = response.writeHead.bind(response) as (status: number, headers?: object) => ServerResponse;
  const end = response.end.bind(response) as (chunk?: unknown, ...rest: unknown[]) => ServerResponse;
  const write = response.write.bind(response) as (chunk: string) => boolean;
  const isStream = url === `${BASE}/notices`;

  response.writeHead = ((status: number, headers: Record<string, string> = {}) => {
    const [at, from, to] = STATUSES[fault] ?? [];
    const isCounted = fault === 'counts a report that it refused' && url.endsWith('/report') && status === 204 && told.has('refused');
    if (status === 422) told.add('refused');
    const bent = isCounted ? 409 : at !== undefined && url.endsWith(at) && status === from && to !== undefined ? to : status;
    if (bent !== status && bent < 400) response.setHeader('Content-Type', 'application/json');
    if (fault === 'lets answers be kept' && !isStream) response.removeHeader('Cache-Control');
    if (fault === 'keeps the connection of whom it refuses') response.setHeader('Connection', 'keep-alive');
    return writeHead(
      bent,
      fault === 'lets streams be kept' && isStream && status === 200 ? { ...headers, 'Cache-Control': 'max-age=60' } : headers,
    );
  }) as never;
  response.end = ((chunk?: string | Buffer | (() => void), ...rest: unknown[]) => {
    if (isStream && response.statusCode === 200 && fault === 'keeps two streams') return response;
    if (typeof chunk === 'function' || chunk === undefined) return end(chunk, ...rest);
    const said = words(fault, url, chunk.toString(), enrolments);
    if (!response.headersSent) response.setHeader('Content-Length', Buffer.byteLength(said));
    return end(said, ...rest);
  }) as never;
  if (!isStream) return;
  response.write = ((chunk: string) => {
    if (fault === 'is silent' && chunk.startsWith(':')) return true;
    const bent = (EVENTS[fault] ?? ((event) => event))(chunk, told);
    return bent === '' || write(bent);
  }) as never;
  const timer = setInterval(() => response.headersSent && response.write(': here\n\n'), COMMENT_MS);
  response.once('close', () => clearInterval(timer));
}

function words(fault: Fault, url: string, text: string, enrolments: Set<string>): string {
  const [at, from, to] = WORDS[fault] ?? [];
  let said = from && to !== undefined && url.endsWith(at ?? '') ? text.replace(from, to) : text;
  if (fault === 'gives another device to the same key' && url.endsWith('/enrolments')) {
    const id = /"device":"([^"]*)"/.exec(text)?.[1];
    if (id !== undefined && enrolments.has(id)) said = text.replace(id, '00000000-0000-4000-8000-000000000000');
    if (id !== undefined) enrolments.add(id);
  }
  return said;
}
