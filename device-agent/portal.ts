import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { z } from 'zod';
import type { Identity } from './identity.ts';
import { jsonOrNothing } from './json.ts';
import type { Settings } from './settings.ts';
import { Unreached } from './unreached.ts';

/** What the portal refused, in its own word. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string) {
    super(`the portal said ${status} ${code}`);
    this.status = status;
    this.code = code;
  }
}

export interface Portal {
  /** Sends a request and reads its answer, of 1 MB at most. Throws Refused for an answer that is a no, Unreached when there is none. */
  ask: (method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown) => Promise<unknown>;
  /** Opens a stream. Throws likewise, and so does the stream when it breaks off. */
  open: (path: string, headers: Record<string, string>, signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>>;
  /** Milliseconds that the portal's clock is ahead of ours, as its last answer said, to a second. */
  clockAhead: () => number;
  close: () => void;
}

const problem = z.object({ code: z.string() });
const MOST = 1024 * 1024;
const TIMEOUT_MS = 20_000;

/**
 * The portal of a device: TLS 1.3 from the device outwards, one authority believed, the device's own certificate shown. Nothing is listened to.
 * Throws an Error with the fix when there is no such authority.
 */
export function portalOf({ portal, ca }: Pick<Settings, 'portal' | 'ca'>, identity: Identity, silenceMs = TIMEOUT_MS): Portal {
  const base = new URL(portal);
  const port = base.port === '' ? '443' : base.port;
  const at = `${base.hostname}:${port}`;
  const agent = new Agent({
    ca: authorityIn(ca),
    cert: identity.certificatePem,
    key: identity.keyPem,
    minVersion: 'TLSv1.3',
    keepAlive: true,
    maxSockets: 4,
    // Each connection proves the key: a portal knows nobody by a session that was resumed.
    maxCachedSessions: 0,
  });
  let ahead = 0;

  function send(method: string, path: string, of: { body?: string; headers?: Record<string, string>; signal?: AbortSignal }) {
    const { body, headers = {}, signal } = of;
    return new Promise<IncomingMessage>((resolve, reject) => {
      const began = Date.now();
      const asked = request(
        {
          agent,
          host: base.hostname.replaceAll(/[[\]]/g, ''),
          port,
          method,
          path: `/api/v1/device${path}`,
          headers: {
            ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
            'x-countersign': '1',
            ...headers,
          },
          // Also while the connection is made: setTimeout() of a request begins only after that.
          timeout: silenceMs,
          ...(signal === undefined ? {} : { signal }),
        },
        (answer) => {
          const said = Date.parse(answer.headers.date ?? '');
          // Its clock has whole seconds: half of one is the least wrong.
          if (Number.isFinite(said)) ahead = said + 500 - (began + Date.now()) / 2;
          resolve(answer);
        },
      );
      asked.on('timeout', () => asked.destroy(Object.assign(new Error('the portal does not answer'), { code: 'ETIMEDOUT' })));
      asked.on('error', reject);
      asked.end(body);
    });
  }

  async function accepted(answer: IncomingMessage): Promise<IncomingMessage> {
    const status = answer.statusCode ?? 0;
    if (status >= 200 && status < 300) return answer;
    const { data: said } = problem.safeParse(jsonOrNothing(await textOf(answer)));
    // Something between here and the portal answered in its place, or its listener for people did.
    if (!said || said.code === 'sign-in-needed') throw new Unreached('no-sense', at);
    throw new Refused(status, said.code);
  }

  async function said(answer: IncomingMessage): Promise<unknown> {
    const text = await textOf(await accepted(answer));
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  }

  const wrong = (error: unknown): Error => (error instanceof Refused || error instanceof Unreached ? error : Unreached.by(error, at));

  async function* whole(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      yield* stream;
    } catch (error) {
      throw wrong(error);
    }
  }

  return {
    async ask(method, path, body) {
      try {
        return await said(await send(method, path, body === undefined ? {} : { body: JSON.stringify(body) }));
      } catch (error) {
        throw wrong(error);
      }
    },
    async open(path, headers, signal) {
      try {
        return whole(await accepted(await send('GET', path, { headers, signal })));
      } catch (error) {
        throw wrong(error);
      }
    },
    clockAhead: () => ahead,
    close: () => agent.destroy(),
  };
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** What the file holds, each certificate of it read: one that holds none would be taken by TLS without a word, and then nobody believed. */
function authorityIn(file: string): string[] {
  let found: string[] = [];
  try {
    const blocks = readFileSync(file, 'utf8').match(CERTIFICATE) ?? [];
    found = blocks.map((block) => new X509Certificate(block).toString());
  } catch {
    // As good as none.
  }
  if (found.length > 0) return found;
  throw new Error(`${file} holds no certificate that can be read. Write the certificate of the authority of the portal there, in PEM.`);
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST) {
      answer.destroy();
      throw new Error('the answer is too large');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
