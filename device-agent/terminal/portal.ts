import { randomUUID, X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Agent, request, type RequestOptions } from 'node:https';
import { setTimeout } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';
import type { z } from 'zod';
import { RESET_COOKIE } from '#domain/reset-cookie.ts';
import { REFUSALS } from '#domain/refusals.ts';
import { news, type NextStep, Told, toldBy } from './answers.ts';
import type { Settings } from './settings.ts';
import { noAnswerInWords } from './unreachable.ts';

/** Nothing that the portal says is longer. */
const LONGEST = 65_536;
const ANSWER_MS = 30_000;
/** The stream says something every twenty seconds, be it only that it is there. */
const SILENCE_MS = 60_000;
/** The same request under the same number is carried out once, however often it has to be sent. */
const AGAIN_AFTER_MS = [500, 2000];
const NEWS_AGAIN_MS = 3000;
const PATH = '/api/v1/portal';

/** Who answers: the name that was checked, and the certificate that proves it. */
export interface Identity {
  name: string;
  fingerprint: string;
  until: string;
}

/** The portal's interface as this screen uses it: one reset, its cookie in memory, TLS 1.3 to one name under one authority. */
export class Portal {
  readonly #agent: Agent;
  readonly #to: RequestOptions;
  readonly origin: string;
  #cookie: string | undefined;

  constructor({ portal, address, ca }: Pick<Settings, 'portal' | 'address' | 'ca'>) {
    this.origin = portal.origin;
    this.#agent = new Agent({ keepAlive: true, maxSockets: 4 });
    this.#to = {
      agent: this.#agent,
      host: address ?? portal.hostname,
      servername: portal.hostname,
      port: portal.port === '' ? 443 : portal.port,
      ca: ca.pem,
      minVersion: 'TLSv1.3',
      rejectUnauthorized: true,
    };
  }

  /** Throws `Told` when nobody answers there, or somebody else. */
  async identity(): Promise<Identity> {
    const answer = await this.#send('GET', '/healthz', undefined, {});
    const socket = answer.socket;
    answer.resume();
    const certificate = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
    if (!(certificate instanceof X509Certificate)) throw new Error('TLS without a certificate');
    return { name: new URL(this.origin).host, fingerprint: certificate.fingerprint256, until: certificate.validTo };
  }

  get<T>(path: string, shape: z.ZodType<T>): Promise<T> {
    return this.#asked('GET', path, undefined, {}, shape);
  }

  /** Sends once in effect: a lost answer is asked for again under the same number. Throws `Told`. */
  post<T>(path: string, body: object, shape: z.ZodType<T>): Promise<T> {
    const headers = { 'idempotency-key': randomUUID(), 'x-countersign': '1', 'content-type': 'application/json' };
    return this.#asked('POST', path, JSON.stringify(body), headers, shape);
  }

  /** Calls `hear` with every step that the portal tells of, until `signal`; looks again by itself when the stream ends. */
  async watch(path: string, signal: AbortSignal, hear: (next: NextStep) => void): Promise<void> {
    while (!signal.aborted) {
      try {
        const answer = await this.#send('GET', `${PATH}${path}`, undefined, { accept: 'text/event-stream' }, signal);
        if (answer.statusCode === 200) for await (const data of eventsOf(answer)) heard(data, hear);
        else answer.destroy();
      } catch {
        // A portal that is away for a while, or the end of the wait.
      }
      await setTimeout(NEWS_AGAIN_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  close(): void {
    this.#cookie = undefined;
    this.#agent.destroy();
  }

  async #asked<T>(
    method: string,
    path: string,
    body: string | undefined,
    headers: Record<string, string>,
    shape: z.ZodType<T>,
  ): Promise<T> {
    const answer = await this.#again(method, `${PATH}${path}`, body, headers);
    this.#keepCookie(answer.headers['set-cookie'] ?? []);
    const said: unknown = await bodyOf(answer);
    if ((answer.statusCode ?? 0) >= 400) throw toldBy(said) ?? noSense();
    const parsed = shape.safeParse(said);
    if (!parsed.success) throw noSense();
    return parsed.data;
  }

  async #again(method: string, path: string, body: string | undefined, headers: Record<string, string>): Promise<IncomingMessage> {
    for (const wait of AGAIN_AFTER_MS) {
      try {
        return await this.#send(method, path, body, headers);
      } catch (error) {
        if (!(error instanceof Told) || error.code !== 'service-unavailable') throw error;
        await setTimeout(wait);
      }
    }
    return this.#send(method, path, body, headers);
  }

  #send(
    method: string,
    path: string,
    body: string | undefined,
    headers: Record<string, string>,
    signal?: AbortSignal,
  ): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const ask = request(
        {
          ...this.#to,
          method,
          path,
          headers: {
            host: new URL(this.origin).host,
            ...(this.#cookie === undefined ? {} : { cookie: `${RESET_COOKIE}=${this.#cookie}` }),
            ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
            ...headers,
          },
          ...(signal ? { signal, timeout: SILENCE_MS } : { timeout: ANSWER_MS }),
        },
        resolve,
      );
      ask.on('timeout', () => ask.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })));
      ask.on('error', (error) => reject(noAnswerInWords(error)));
      ask.end(body);
    });
  }

  #keepCookie(lines: readonly string[]): void {
    for (const line of lines) {
      const value = /^([^=]+)=([\w-]{16,128})(?:;|$)/.exec(line);
      if (value?.[1] === RESET_COOKIE) this.#cookie = value[2];
    }
  }
}

function noSense(): Told {
  return new Told('service-unavailable', [REFUSALS['service-unavailable'].words]);
}

async function bodyOf(answer: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > LONGEST) {
      answer.destroy();
      throw noSense();
    }
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return undefined;
  }
}

/** The data of server-sent events (WHATWG HTML §9.2), one line each as our server sends them. */
async function* eventsOf(answer: IncomingMessage): AsyncGenerator<string> {
  let left = '';
  answer.setEncoding('utf8');
  for await (const chunk of answer as AsyncIterable<string>) {
    const lines = `${left}${chunk}`.split('\n');
    left = lines.pop() ?? '';
    if (left.length > LONGEST) return;
    for (const line of lines) if (line.startsWith('data:')) yield line.slice('data:'.length);
  }
}

function heard(data: string, hear: (next: NextStep) => void): void {
  try {
    const parsed = news.safeParse(JSON.parse(data));
    if (parsed.success) hear(parsed.data.next);
  } catch {
    // What cannot be read is no news; the next look says what holds.
  }
}
