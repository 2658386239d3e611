import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Credential } from './credential.ts';
import { listeningTo, type Listening } from './listening.ts';

/** A server and the one authority that is believed about it. */
export interface Target {
  url: URL;
  caPem: string;
}

export interface Answered {
  asked: string;
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** The JSON object of it; empty when it is none. */
  body: Record<string, unknown>;
  /** Resolves with whether the connection ended within two seconds of the answer. */
  ended: () => Promise<boolean>;
}

export interface Ask {
  body?: string | object;
  headers?: Record<string, string>;
}

/** A client of the server: with a key of a device, with another one, or with none. */
export interface Peer {
  ask(method: string, path: string, of?: Ask): Promise<Answered>;
  listen(path: string, headers?: Record<string, string>): Promise<Listening>;
  close(): void;
}

const ANSWER_MS = 20_000;
const END_MS = 2000;
/** So long a server may ask for patience (`Retry-After`). */
const MOST_PATIENCE_S = 61;
/** The description of a whole portal has more than a megabyte. */
const MOST_TEXT = 8_388_608;

/** Who asks. Every answer goes into `heard`, so that what holds for all of them can be judged at the end. */
export function peerOf({ url, caPem }: Target, credential: Credential | undefined, heard: Answered[]): Peer {
  const shown = credential ? { cert: credential.certificatePem, key: credential.keyPem } : {};
  const agent = new Agent({ keepAlive: true, maxSockets: 1, maxCachedSessions: 0 });
  const streams = new Agent({ maxCachedSessions: 0 });

  function send(by: Agent, method: string, path: string, { body, headers = {} }: Ask): Promise<IncomingMessage> {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const about = text === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) };
    return new Promise((resolve, reject) => {
      const asked = request(
        {
          agent: by,
          host: url.hostname,
          port: url.port || 443,
          ca: caPem,
          ...shown,
          minVersion: 'TLSv1.3',
          method,
          path,
          headers: { ...about, ...headers },
        },
        resolve,
      );
      asked.setTimeout(ANSWER_MS, () => asked.destroy(new Error(`${method} ${path}: no answer within ${ANSWER_MS / 1000} s`)));
      asked.on('error', (error) => reject(new Error(`${method} ${path}: ${error.message}`)));
      asked.end(text);
    });
  }

  async function once(method: string, path: string, of: Ask): Promise<Answered> {
    const answer = await send(agent, method, path, of);
    const { socket } = answer;
    const text = await textOf(answer);
    const ended = async (): Promise<boolean> => {
      for (const until = Date.now() + END_MS; !socket.destroyed && Date.now() < until;) await sleep(20);
      return socket.destroyed;
    };
    return { asked: `${method} ${path}`, status: answer.statusCode ?? 0, headers: answer.headers, text, body: objectIn(text), ended };
  }

  return {
    async ask(method, path, of = {}) {
      for (let tries = 0; ; tries++) {
        const answer = await once(method, path, of);
        heard.push(answer);
        const patience = Number(answer.headers['retry-after']);
        if (answer.status !== 429 || tries === 2 || !(patience <= MOST_PATIENCE_S)) return answer;
        await sleep(patience * 1000);
      }
    },
    async listen(path, headers = {}) {
      const answer = await send(streams, 'GET', path, { headers: { accept: 'text/event-stream', ...headers } });
      answer.socket.setTimeout(0);
      return listeningTo(answer);
    },
    close() {
      agent.destroy();
      streams.destroy();
    },
  };
}

async function textOf(answer: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of answer.setEncoding('utf8') as AsyncIterable<string>) {
    text += chunk;
    if (text.length > MOST_TEXT) throw new Error('the answer is longer than 8 MB');
  }
  return text;
}

function objectIn(text: string): Record<string, unknown> {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
