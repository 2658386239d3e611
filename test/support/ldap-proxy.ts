import { createServer, connect, type TLSSocket } from 'node:tls';
import type { AddressInfo } from 'node:net';
import type { Controller } from '#activities/directory/connect.ts';
import { messageCutter, operationOf } from './ldap-messages.ts';

/** The place of one message: of which connection, in order of their opening, in which direction, the how-manieth in it. All from 0. */
export interface Boundary {
  connection: number;
  from: 'client' | 'controller';
  message: number;
  operation: string;
}

/**
 * `drop`: the message is swallowed. `delay`: it and what comes after it in its direction wait until let go, and go nowhere when their
 * sender has reset the connection meanwhile, as a network would have it. `truncate`: half of it, then both ends are reset. `duplicate`: twice.
 * `close`: the connection ends before it, in good order.
 */
export const FAULTS = ['drop', 'delay', 'truncate', 'duplicate', 'close'] as const;
export type Fault = (typeof FAULTS)[number];

export interface LdapProxy {
  /** In the place of the real one. */
  controller: Controller;
  /** Every message that has passed, or was to pass. */
  seen: Boundary[];
  /** Whether the fault has struck. */
  struck: () => boolean;
  /** Lets go what was delayed; resolves when its receiver has answered, or closed, or nothing was left to let go. */
  letGo: () => Promise<void>;
  close: () => Promise<void>;
}

interface Side {
  socket: TLSSocket;
  /** How it ended, when it did. */
  ended?: 'in order' | 'reset';
}

/** Stands between a client and a real controller, speaks TLS to both, and does one fault to one message. It sees what it passes: for tests only. */
export async function startLdapProxy(options: {
  controller: Controller;
  caPem: string;
  cert: string;
  key: string;
  fault?: { at: Omit<Boundary, 'operation'>; kind: Fault } | undefined;
}): Promise<LdapProxy> {
  const { controller, caPem, cert, key, fault } = options;
  const seen: Boundary[] = [];
  const sockets = new Set<TLSSocket>();
  let struck = false;
  let letGo: () => Promise<void> = () => Promise.resolve();
  let connections = 0;

  /** One direction of one connection. */
  function pass(connection: number, from: Boundary['from'], sender: Side, receiver: Side): void {
    const cut = messageCutter();
    let message = 0;
    let waiting: Buffer[] | undefined;
    const send = (bytes: Buffer): void => void (receiver.socket.writable && receiver.socket.write(bytes));
    const handle = (bytes: Buffer): void => {
      const boundary = { connection, from, message: message++, operation: operationOf(bytes) };
      seen.push(boundary);
      if (waiting) return void waiting.push(bytes);
      const at = fault?.at;
      const isHere = at && !struck && at.connection === connection && at.from === from && at.message === boundary.message;
      if (!isHere) return send(bytes);
      struck = true;
      if (fault.kind === 'duplicate') return send(Buffer.concat([bytes, bytes]));
      if (fault.kind === 'drop') return;
      if (fault.kind === 'close') {
        sender.socket.end();
        receiver.socket.end();
        return;
      }
      if (fault.kind === 'truncate') {
        receiver.socket.write(bytes.subarray(0, bytes.length >> 1), () => {
          sender.socket.destroy();
          receiver.socket.destroy();
        });
        return;
      }
      waiting = [bytes];
      letGo = async () => {
        const late = waiting ?? [];
        waiting = undefined;
        if (sender.ended === 'reset' || !receiver.socket.writable) return;
        const answered = new Promise<void>((resolve) => receiver.socket.once('data', () => resolve()).once('close', () => resolve()));
        for (const one of late) send(one);
        if (sender.ended) receiver.socket.end();
        await answered;
      };
    };
    sender.socket.on('data', (chunk: Buffer) => cut(chunk).forEach(handle));
    sender.socket.on('end', () => (sender.ended ??= 'in order'));
    sender.socket.on('error', () => (sender.ended ??= 'reset'));
    sender.socket.on('close', () => {
      sender.ended ??= 'in order';
      // What waits may still come, unless its sender took it back.
      if (waiting && sender.ended === 'in order') return;
      if (sender.ended === 'reset') receiver.socket.destroy();
      else receiver.socket.end();
    });
  }

  const server = createServer({ cert, key, minVersion: 'TLSv1.2' }, (socket) => {
    const { hostname, port } = new URL(controller.url);
    const behind = connect({ host: hostname, port: Number(port || 636), ca: [caPem], servername: controller.servername });
    const [client, real]: [Side, Side] = [{ socket }, { socket: behind }];
    const connection = connections++;
    for (const one of [socket, behind]) {
      sockets.add(one);
      one.once('close', () => sockets.delete(one));
    }
    pass(connection, 'client', client, real);
    pass(connection, 'controller', real, client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return {
    controller: { url: `ldaps://127.0.0.1:${port}`, servername: controller.servername },
    seen,
    struck: () => struck,
    letGo: () => letGo(),
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
