import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { Express } from 'express';
import type { Logger } from './problem.ts';

export interface TlsFiles {
  certFile: string;
  keyFile: string;
}

/** An HTTPS server, TLS 1.2 at least (NIST SP 800-52r2), with limits on how long and how large a request may be. Reads its files again on SIGHUP. */
export function tlsServer(app: Express, files: TlsFiles, readKey: (file: string) => Buffer, log: Logger): Server {
  const material = () => ({ cert: readFileSync(files.certFile), key: readKey(files.keyFile) });
  const server = createServer({ ...material(), minVersion: 'TLSv1.2', maxHeaderSize: 16_384 }, app);
  // Nobody needs longer to send 16 kB; slow senders would hold connections.
  server.headersTimeout = 10_000;
  server.requestTimeout = 20_000;
  server.keepAliveTimeout = 10_000;
  process.on('SIGHUP', () => {
    try {
      server.setSecureContext(material());
      log.info({}, 'certificate and key were read again');
    } catch {
      log.error({}, 'certificate and key could not be read; the former ones stay in use');
    }
  });
  return server;
}

/** Waits until it listens. Throws one sentence when the port is taken. */
export async function listen(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new Error(
          error.code === 'EADDRINUSE'
            ? `Port ${port} is taken. Stop what uses it, or set another one in the API's settings.`
            : `The API cannot listen on ${host}:${port} (${error.code ?? error.name}).`,
        ),
      ),
    );
    server.listen(port, host, resolve);
  });
}

/** Takes no new connection, lets open requests end, and closes what is left (streams) after `graceMs`. */
export async function drain(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(timer);
}
