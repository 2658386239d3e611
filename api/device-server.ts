import { constants } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { TLSSocket } from 'node:tls';
import type { Express } from 'express';
import { deviceKey, keyHashOf } from '#prisma/device-rows.ts';
import type { Logger } from './problem.ts';
import type { TlsFiles } from './tls-server.ts';

/** So many agents of a large site hold a connection each; what is beyond waits. */
const MOST_CONNECTIONS = 20_000;

/**
 * The server to which agents connect: TLS 1.3, each with the certificate of a key of its own. No authority signs those: who a device
 * is stands in the table of devices, under the SHA-256 of its key. Sessions are not resumed, so each connection proves the key again.
 */
export function deviceServer(app: Express, files: TlsFiles, readKey: (file: string) => Buffer, log: Logger): Server {
  const material = () => ({ cert: readFileSync(files.certFile), key: readKey(files.keyFile) });
  const server = createServer(
    {
      ...material(),
      requestCert: true,
      // Every certificate passes; what its key may do is for the door to judge.
      rejectUnauthorized: false,
      minVersion: 'TLSv1.3',
      secureOptions: constants.SSL_OP_NO_TICKET,
      ALPNProtocols: ['http/1.1'],
      maxHeaderSize: 16_384,
    },
    app,
  );
  server.maxConnections = MOST_CONNECTIONS;
  server.headersTimeout = 10_000;
  server.requestTimeout = 20_000;
  server.keepAliveTimeout = 30_000;
  const readAgain = () => {
    try {
      server.setSecureContext(material());
      log.info({}, 'certificate and key for devices were read again');
    } catch {
      log.error({}, 'certificate or key for devices could not be read; the former ones stay in use');
    }
  };
  process.on('SIGHUP', readAgain);
  server.on('close', () => process.off('SIGHUP', readAgain));
  server.on('tlsClientError', () => {});
  return server;
}

/** The Ed25519 key that the other end of a connection has proved, or undefined. */
export function keyOfConnection(socket: TLSSocket): { keyHash: string; publicKey: Buffer } | undefined {
  // What was resumed shows a certificate whose key nobody used just now.
  const certificate = socket.isSessionReused() ? undefined : socket.getPeerX509Certificate();
  if (!certificate) return undefined;
  const publicKey = certificate.publicKey.export({ type: 'spki', format: 'der' });
  return deviceKey(publicKey) ? { keyHash: keyHashOf(publicKey), publicKey } : undefined;
}
