import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { after } from 'node:test';

/** The wire between a forwarder and its receiver, in the hands of the test. */
export interface Cuts {
  port: number;
  /** Connections that were made so far. */
  made(): number;
  /** From now on what the forwarder sends over its standing connections is taken and thrown away. */
  swallow(): void;
  /** Bytes thrown away so far. */
  swallowed(): number;
  /** Whether a forwarder has ended its side of a connection that swallows, and waits for the answer. */
  isAwaited(): boolean;
  /** Lets new connections through again and breaks those that swallow: by a reset, or by an end as if all were well. */
  cut(how: 'reset' | 'end'): void;
}

/** A line to this port of the loopback address, which passes bytes on until it is told otherwise. */
export async function useCuts(to: number): Promise<Cuts> {
  const open = new Set<{ near: Socket; far: Socket; swallows: boolean; isAwaited: boolean }>();
  let [bytes, made] = [0, 0];
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const line = { near, far: connect({ port: to, host: '127.0.0.1', allowHalfOpen: true }), swallows: false, isAwaited: false };
    open.add(line);
    made++;
    near.on('data', (data) => (line.swallows ? (bytes += data.length) : line.far.write(data)));
    near.on('end', () => {
      line.isAwaited = true;
      if (!line.swallows) line.far.end();
    });
    line.far.on('data', (data) => line.swallows || near.write(data));
    line.far.on('end', () => line.swallows || near.end());
    for (const side of [near, line.far]) {
      side.on('error', () => {});
      side.on('close', () => open.delete(line));
    }
    near.on('close', () => line.far.destroy());
    line.far.on('close', () => line.swallows || near.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => {
    for (const { near, far } of open) for (const side of [near, far]) side.destroy();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    made: () => made,
    swallow() {
      for (const line of open) line.swallows = true;
    },
    swallowed: () => bytes,
    isAwaited: () => [...open].some(({ swallows, isAwaited }) => swallows && isAwaited),
    cut(how) {
      for (const line of [...open].filter(({ swallows }) => swallows)) {
        if (how === 'reset') line.near.resetAndDestroy();
        else line.near.end();
        line.far.destroy();
      }
    },
  };
}
