import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';

export interface Answer<T = Record<string, unknown>> {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  body: T;
  /** Milliseconds from sending to the last byte. */
  ms: number;
}

export interface Client {
  get: <T = Record<string, unknown>>(path: string, headers?: Record<string, string>) => Promise<Answer<T>>;
  post: <T = Record<string, unknown>>(path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer<T>>;
  delete: (path: string, body?: unknown) => Promise<Answer>;
  /** Any method and body, without the header that state changes need. */
  raw: (method: string, path: string, body?: string | Buffer, headers?: Record<string, string>) => Promise<Answer>;
  cookies: Map<string, string>;
  close: () => void;
}

/**
 * One browser's worth of HTTP: keeps cookies, trusts the demo CA only, sends X-Countersign with state changes. `source`
 * is the loopback address it comes from, so that tests have many sources (127.0.0.0/8 is all ours); `port` that of another
 * process which serves the same origin, as behind a balancer.
 */
export function httpClient(run: { portal: string; ca: string }, source = '127.0.0.1', port?: number): Client {
  const base = new URL(run.portal);
  const agent = new Agent({ ca: readFileSync(run.ca), keepAlive: true, localAddress: source });
  const cookies = new Map<string, string>();

  function send<T>(method: string, path: string, body: string | Buffer | undefined, headers: Record<string, string>): Promise<Answer<T>> {
    return new Promise((resolve, reject) => {
      const began = performance.now();
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const ask = request(
        {
          agent,
          host: '127.0.0.1',
          servername: base.hostname,
          port: port ?? base.port,
          method,
          path,
          headers: {
            host: base.host,
            ...(cookie ? { cookie } : {}),
            ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
            ...headers,
          },
        },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('error', reject);
          answer.on('end', () => {
            for (const line of answer.headers['set-cookie'] ?? []) keepCookie(line);
            const text = Buffer.concat(chunks).toString('utf8');
            const isJson = (answer.headers['content-type'] ?? '').includes('json');
            resolve({
              status: answer.statusCode ?? 0,
              headers: answer.headers,
              text,
              body: (isJson && text ? JSON.parse(text) : {}) as T,
              ms: performance.now() - began,
            });
          });
        },
      );
      ask.on('error', reject);
      ask.setTimeout(60_000, () => ask.destroy(new Error(`${method} ${path}: no answer within 60 s`)));
      ask.end(body);
    });
  }

  function keepCookie(line: string): void {
    const [pair = '', ...attributes] = line.split(';');
    const name = pair.slice(0, pair.indexOf('='));
    const value = pair.slice(pair.indexOf('=') + 1);
    const gone = value === '' || attributes.some((a) => /^\s*max-age=0/i.test(a) || /^\s*expires=thu, 01 jan 1970/i.test(a));
    if (gone) cookies.delete(name);
    else cookies.set(name, value);
  }

  const json = { 'content-type': 'application/json', 'x-countersign': '1' };
  return {
    get: (path, headers = {}) => send('GET', path, undefined, headers),
    post: (path, body, headers = {}) => send('POST', path, body === undefined ? '' : JSON.stringify(body), { ...json, ...headers }),
    delete: (path, body) => send('DELETE', path, body === undefined ? undefined : JSON.stringify(body), json),
    raw: (method, path, body, headers = {}) => send(method, path, body, headers),
    cookies,
    close: () => agent.destroy(),
  };
}
