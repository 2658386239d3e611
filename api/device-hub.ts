import type { KeyObject } from 'node:crypto';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import type { Response } from 'express';
import type { Database } from '#db';
import { OPEN_STATES } from '#domain/device.ts';
import { sealedHashes } from '#prisma/sealed-hashes.ts';
import { EVERYTHING, type Changes } from '#prisma/changes.ts';
import { DEVICE_ROW, signedDevice } from '#prisma/device-rows.ts';

/** What goes out on a device's stream. */
type Event = { event: 'notice' | 'settings' | 'revoked'; id?: string; data: object };

/** The connections of devices: who holds which, what is pushed on them, and that they end with the device. */
export interface DeviceHub {
  /** Remembers that this connection is the device's, so that it is destroyed when the device is revoked. */
  holds(device: string, socket: TLSSocket): void;
  /** Opens the device's one stream in the place of an earlier one: `first`, every open notice, then what comes. */
  open(device: string, response: Response, first: Event): Promise<void>;
  /** How many streams are open. */
  count(): number;
  close(): void;
}

interface Stream {
  response: Response;
  sent: Set<string>;
}

/** RFC 9112 leaves it to us how long silence may last; proxies and NATs forget a connection after half a minute and more. */
const PING_MS = 15_000;
/** So many devices are looked up by one question. */
const AT_ONCE = 200;
/** A question that had no answer is asked again so soon. */
const AGAIN_MS = 250;
/** Who does not read is cut off. */
const MOST_UNREAD = 1_048_576;

export interface DeviceHubDeps {
  db: Database;
  changes: Changes;
  /** Whose signature makes a row of the table a device. */
  verifier: KeyObject;
  /** Id of the key that signs notices. */
  noticeKey: string;
}

export function createDeviceHub({ db, changes, verifier, noticeKey }: DeviceHubDeps): DeviceHub {
  const sockets = new Map<string, Set<TLSSocket>>();
  const streams = new Map<string, Stream>();

  const send = (stream: Stream, { event, id, data }: Event) => {
    stream.response.write(`event: ${event}\n${id ? `id: ${id}\n` : ''}data: ${JSON.stringify(data)}\n\n`);
    if (stream.response.writableLength > MOST_UNREAD) stream.response.destroy();
  };
  const pushNotices = async (devices: string[]) => {
    const rows = await db.notice.findMany({
      where: { deviceId: { in: devices }, state: { in: [...OPEN_STATES] }, expiresAt: { gt: new Date() } },
      orderBy: [{ at: 'asc' }, { id: 'asc' }],
      select: { id: true, resetId: true, deviceId: true, statement: true, signature: true },
    });
    const sealed = await sealedHashes(db, rows);
    for (const { id, deviceId, statement, signature } of rows) {
      const stream = streams.get(deviceId);
      if (!stream || stream.sent.has(id) || statement === null || !signature) continue;
      stream.sent.add(id);
      const data = { statement, signature: Buffer.from(signature).toString('base64url'), key: noticeKey, ...sealed.get(id) };
      send(stream, { event: 'notice', id, data });
    }
  };
  const cutOff = (device: string) => {
    const stream = streams.get(device);
    if (stream) send(stream, { event: 'revoked', data: {} });
    for (const socket of sockets.get(device) ?? []) {
      // What was written goes out first, then the connection is gone, whoever still reads it.
      socket.end();
      setImmediate(() => socket.destroy());
    }
  };
  const lookAgain = async (devices: string[]) => {
    const held = devices.filter((device) => sockets.has(device));
    if (held.length === 0) return;
    const rows = await db.device.findMany({ where: { id: { in: held } }, select: DEVICE_ROW });
    const states = new Map(rows.map((row) => [row.id, signedDevice(row, verifier)?.state]));
    const isOut = (device: string) => states.get(device) === undefined || states.get(device) === 'revoked';
    for (const device of held.filter(isOut)) cutOff(device);
    const told = held.filter((device) => !isOut(device) && streams.has(device));
    if (told.length > 0) await pushNotices(told);
  };
  const changed = new Set<string>();
  let isLooking = false;
  const closed = new AbortController();
  /** What changed together is looked up together: a reset of an account that is cached on thousands of devices asks the database little. */
  const lookAtChanged = async () => {
    if (isLooking) return;
    isLooking = true;
    await nextTurn();
    while (changed.size > 0 && !closed.signal.aborted) {
      const devices = [...changed].slice(0, AT_ONCE);
      for (const device of devices) changed.delete(device);
      try {
        await lookAgain(devices);
      } catch {
        // Nobody is cut off for it: as long as the table says nothing, a revoked device is told and answered nothing either, since every request asks it too.
        for (const device of devices) changed.add(device);
        await sleep(AGAIN_MS, undefined, { ref: false });
      }
    }
    isLooking = false;
  };
  const unsubscribe = changes.on(({ topic, id }) => {
    if (id === EVERYTHING) for (const device of sockets.keys()) changed.add(device);
    else if (topic === 'devices') changed.add(id);
    if (changed.size > 0) void lookAtChanged();
  });
  const timer = setInterval(() => {
    for (const { response } of streams.values()) response.write(': here\n\n');
  }, PING_MS);
  timer.unref();

  return {
    holds(device, socket) {
      const held = sockets.get(device) ?? new Set();
      if (held.has(socket)) return;
      sockets.set(device, held.add(socket));
      socket.once('close', () => {
        held.delete(socket);
        if (held.size === 0) sockets.delete(device);
      });
    },
    async open(device, response, first) {
      streams.get(device)?.response.end();
      const stream: Stream = { response, sent: new Set() };
      streams.set(device, stream);
      response.once('close', () => {
        if (streams.get(device) === stream) streams.delete(device);
      });
      response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' });
      send(stream, first);
      await pushNotices([device]);
    },
    count: () => streams.size,
    close() {
      closed.abort();
      unsubscribe();
      clearInterval(timer);
      for (const { response } of streams.values()) response.end();
    },
  };
}
