import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { openNote, parseNote, printNote, signText } from '#evidence/signed-note.ts';
import type { Signer } from '#evidence/signer-key.ts';
import type { VerifierKey } from '#evidence/verifier-key.ts';
import { cosignatureResponse, decideAddCheckpoint, parseAddCheckpoint, SIZE_CONTENT_TYPE } from '#evidence/witness-protocol.ts';
import type { Seen, StateFile } from './state-file.ts';

export interface WitnessDeps {
  signer: Signer;
  /** The logs that it watches, by their keys; the name of a key is the log's origin. */
  logs: readonly VerifierKey[];
  state: StateFile;
  /** POSIX seconds. */
  now: () => bigint;
}

/** A note of 63 hashes and a hundred signatures fits many times. */
const MOST_BYTES = 1_000_000;

/** A clock that is corrected by more than this is not one to witness by. */
const MOST_BACK_SECONDS = 60n;
/** The notary asks over one connection at a time. */
const MOST_CONNECTIONS = 100;

type Answer = { status: number; body: string; type?: string };

/**
 * C2SP tlog-witness v1.0.0 over HTTP: POST /add-checkpoint, and GET /<hex SHA-256 of the origin>/checkpoint with the last
 * cosigned note. Decision and persistence are one synchronous step, so no two requests interleave, and the answer leaves
 * only afterwards. If we crash between the two, the notary asks again and is told what this witness has seen.
 */
export function createWitness(deps: WitnessDeps): Server {
  const { signer, logs, state, now } = deps;

  /** Times of one witness never run backwards (tlog-cosignature: it is the largest tree as of then), whatever its clock does. */
  const timeAfter = (seen: Seen | undefined): bigint | undefined => {
    const opened = seen && openNote(seen.note, [signer.verifier]);
    const last = opened?.ok ? (opened.verified[0]?.time ?? 0n) : 0n;
    const time = now();
    if (time >= last) return time;
    return last - time <= MOST_BACK_SECONDS ? last : undefined;
  };

  const addCheckpoint = (body: Buffer): Answer => {
    const decision = decideAddCheckpoint(body, (origin) => {
      const keys = logs.filter(({ name }) => name === origin);
      return keys.length === 0 ? undefined : { keys, latest: state.get(origin) };
    });
    if (decision.status === 409) return { ...decision, type: SIZE_CONTENT_TYPE };
    if (decision.status !== 200) return decision;
    const { checkpoint, text } = decision;
    const time = timeAfter(state.get(checkpoint.origin));
    if (time === undefined) return { status: 503, body: 'the clock of this witness is behind its own last cosignature\n' };
    const note = parseNote(parseAddCheckpoint(body).checkpoint);
    const own = signText(text, signer, time);
    state.put(checkpoint.origin, {
      size: checkpoint.size,
      root: checkpoint.root,
      note: printNote({ text, signatures: [...note.signatures.filter(({ name }) => name === checkpoint.origin), own] }),
    });
    // Ed25519 is deterministic (RFC 8032 §5.1.6): the same line as in the note above.
    return { status: 200, body: cosignatureResponse(text, signer, time) };
  };

  const lastCheckpoint = (hash: string): Answer => {
    const origin = logs.map(({ name }) => name).find((name) => createHash('sha256').update(name).digest('hex') === hash);
    const seen = origin === undefined ? undefined : state.get(origin);
    return seen ? { status: 200, body: seen.note } : { status: 404, body: 'this witness has seen no such log\n' };
  };

  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    if (path === '/add-checkpoint') {
      if (request.method !== 'POST') return { status: 405, body: 'send it by POST\n' };
      const body = await readBody(request);
      return body ? addCheckpoint(body) : { status: 413, body: 'the request is too long\n' };
    }
    const monitored = /^\/([0-9a-f]{64})\/checkpoint$/.exec(path);
    return monitored?.[1] && request.method === 'GET' ? lastCheckpoint(monitored[1]) : { status: 404, body: 'there is nothing here\n' };
  };

  const options = { requestTimeout: 5000, headersTimeout: 5000, connectionsCheckingInterval: 1000 };
  const server = createServer(options, (request, response) => {
    void answer(request)
      // A disk that does not take the state: nothing is cosigned, and the notary asks again.
      .catch((): Answer => ({ status: 500, body: 'the state could not be kept\n' }))
      .then(({ status, body, type = 'text/plain; charset=utf-8' }) => {
        response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
        response.end(body);
      });
  });
  server.maxConnections = MOST_CONNECTIONS;
  return server;
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MOST_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
