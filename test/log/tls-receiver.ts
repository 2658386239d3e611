import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { after } from 'node:test';
import { createServer, type TLSSocket, type TlsOptions } from 'node:tls';
import type { KeyPairFiles } from '#test/support/certificates.ts';
import { readOctetCounted, readSyslog } from '#test/support/read-syslog.ts';

/** A receiver that a test looks into: what came, and how often somebody tried. */
export interface TlsReceiver {
  port: number;
  tries(): number;
  /** Bytes of events, over all connections. */
  bytes(): number;
  /** The indexes of the leaves that came, in the order of coming. */
  indexes(): number[];
}

export async function useTlsReceiver(own: KeyPairFiles, more: TlsOptions = {}): Promise<TlsReceiver> {
  const streams: Buffer[][] = [];
  const open = new Set<TLSSocket>();
  let tries = 0;
  const server = createServer({ cert: readFileSync(own.cert), key: readFileSync(own.key), ...more }, (socket) => {
    const chunks: Buffer[] = [];
    streams.push(chunks);
    open.add(socket);
    socket.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', () => {});
  });
  server.on('connection', () => tries++);
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    tries: () => tries,
    bytes: () => streams.flat().reduce((sum, { length }) => sum + length, 0),
    indexes: () =>
      streams
        .flatMap((chunks) => readOctetCounted(Buffer.concat(chunks)))
        .map((message) => Number(readSyslog(message).data.get('countersign@32473')?.get('index'))),
  };
}
