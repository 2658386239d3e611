import { once } from 'node:events';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';

/** Where events go, and by what both sides are known. Texts in PEM. */
export interface ReceiverAddress {
  readonly host: string;
  readonly port: number;
  /** The authorities that may vouch for the receiver; no other is asked. */
  readonly ca: string;
  /** Our own certificate and key, where the receiver asks for one. */
  readonly own?: { readonly cert: string; readonly key: string } | undefined;
}

/** A receiver could not be reached, is not the one that it should be, or went away. Worth another try later. */
export class Lost extends Error {}

export interface Connection {
  /** Hands bytes over; resolves when more may follow. Rejects with Lost. */
  send(bytes: Buffer): Promise<void>;
  /**
   * Ends in order (RFC 5425 §4.4). Resolves when the receiver has answered the end of TLS with its own, which nobody on
   * the wire can forge, and TCP's too: its process has then read all that was sent, since a socket that is closed with
   * bytes unread resets instead. Rejects with Lost otherwise.
   */
  close(withinMs: number): Promise<void>;
  /** Aborts with Lost as soon as the connection is not to be used any more. */
  readonly lost: AbortSignal;
  destroy(): void;
}

/** How long a receiver may take to answer, and after how long a silent one is asked whether it is still there. */
const CONNECT_MS = 10_000;
const KEEP_ALIVE_MS = 15_000;

/**
 * Connects by TLS 1.2 or newer, and only to a receiver whose certificate is vouched for and names this host: before that
 * not one byte of an event leaves. Rejects with Lost.
 */
export async function connectReceiver({ host, port, ca, own }: ReceiverAddress): Promise<Connection> {
  const tcp = connectTcp({ host, port, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS });
  let socket: TLSSocket | undefined;
  try {
    const signal = AbortSignal.timeout(CONNECT_MS);
    await once(tcp, 'connect', { signal });
    const options: ConnectionOptions = { socket: tcp, host, ca, ...own, minVersion: 'TLSv1.2', rejectUnauthorized: true };
    socket = connectTls(isIP(host) === 0 ? { ...options, servername: host } : options);
    await once(socket, 'secureConnect', { signal });
    return connectionOver(socket, tcp);
  } catch (error) {
    for (const one of [socket, tcp]) one?.on('error', () => {}).destroy();
    throw new Lost(error instanceof Error && error.name === 'AbortError' ? 'it does not answer' : wordsOf(error));
  }
}

function connectionOver(socket: TLSSocket, tcp: Socket): Connection {
  const broken = new AbortController();
  /** Ciphertext that had come when we ended our side; whether anything but the answer to that came later. */
  let ended: { bytesRead: number; hasMore: boolean } | undefined;
  const lose = (why: string): void => {
    if (!broken.signal.aborted) broken.abort(new Lost(why));
    socket.destroy();
  };
  for (const one of [socket, tcp]) one.on('error', (error) => lose(wordsOf(error)));
  // Receivers of syslog say nothing; the rest of TLS is tickets, and one held back must not pass for an answer.
  for (const name of ['data', 'session']) socket.on(name, () => ended && (ended.hasMore = true));
  socket.on('end', () => {
    if (!ended) lose('it closed the connection');
    else if (ended.hasMore || tcp.bytesRead === ended.bytesRead)
      lose('it did not answer the end of TLS (close_notify), so nothing shows what it has read');
  });
  socket.on('close', () => {
    if (!socket.readableEnded) lose('the connection broke');
  });
  return {
    lost: broken.signal,
    destroy: () => lose('it was given up'),
    async send(bytes) {
      broken.signal.throwIfAborted();
      if (!socket.write(bytes)) await event(socket, 'drain', broken.signal);
    },
    async close(withinMs) {
      broken.signal.throwIfAborted();
      ended = { bytesRead: tcp.bytesRead, hasMore: false };
      const timer = setTimeout(() => lose(`it did not close the connection within ${withinMs / 1000} s`), withinMs);
      try {
        const closed = event(socket, 'close', broken.signal);
        socket.end();
        await closed;
        broken.signal.throwIfAborted();
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/** Waits for an event of the socket; rejects with what aborted the signal. */
async function event(socket: TLSSocket, name: 'drain' | 'close', signal: AbortSignal): Promise<void> {
  try {
    await once(socket, name, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw new Lost(wordsOf(error));
  }
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return 'it is not known why';
  // A receiver that wants a certificate of ours, or another one, hangs up while we write already (TLS 1.3).
  const isHungUp = 'code' in error && (error.code === 'EPIPE' || error.code === 'ECONNRESET');
  return isHungUp ? `it closed the connection (${String(error.code)})` : error.message || error.name;
}
