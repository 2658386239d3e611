import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { z } from 'zod';
import type { Identity } from './identity.ts';
import type { Settings } from './settings.ts';

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
  /** Sends a request and reads its answer, of 1 MB at most. Throws Refused for an answer that is a no, any other Error when there is none. */
  ask: (method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown) => Promise<unknown>;
  /** Opens a stream. Throws likewise. */
  open: (path: string, headers: Record<string, string>, signal: AbortSignal) => Promise<IncomingMessage>;
  /** Milliseconds that the portal's clock is ahead of ours, as its last answer said, to a second. */
  clockAhead: () => number;
  close: () => void;
}

const problem = z.object({ code: z.string() });
const MOST = 1024 * 1024;
const TIMEOUT_MS = 20_000;

/** The portal of a device: TLS 1.3 from the device outwards, one authority believed, the device's own certificate shown. Nothing is listened to. */
export function portalOf({ portal, ca }: Settings, identity: Identity): Portal {
  const base = new URL(portal);
  const agent = new Agent({
    ca: readFileSync(ca),
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
          host: base.hostname,
          port: base.port || 443,
          method,
          path: `/api/v1/device${path}`,
          headers: {
            ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
            'x-countersign': '1',
            ...headers,
          },
          ...(signal === undefined ? {} : { signal }),
        },
        (answer) => {
          const said = Date.parse(answer.headers.date ?? '');
          // Its clock has whole seconds: half of one is the least wrong.
          if (Number.isFinite(said)) ahead = said + 500 - (began + Date.now()) / 2;
          resolve(answer);
        },
      );
      asked.setTimeout(TIMEOUT_MS, () => asked.destroy(new Error('the portal does not answer')));
      asked.on('error', reject);
      asked.end(body);
    });
  }

  async function accepted(answer: IncomingMessage): Promise<IncomingMessage> {
    const status = answer.statusCode ?? 0;
    if (status >= 200 && status < 300) return answer;
    let code = 'unknown';
    try {
      code = problem.parse(JSON.parse(await textOf(answer))).code;
    } catch {
      // Something between here and the portal answered in its place.
    }
    throw new Refused(status, code);
  }

  return {
    async ask(method, path, body) {
      const answer = await accepted(await send(method, path, body === undefined ? {} : { body: JSON.stringify(body) }));
      const text = await textOf(answer);
      return text === '' ? undefined : (JSON.parse(text) as unknown);
    },
    async open(path, headers, signal) {
      return accepted(await send('GET', path, { headers, signal }));
    },
    clockAhead: () => ahead,
    close: () => agent.destroy(),
  };
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
