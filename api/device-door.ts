import { randomUUID } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { Request, RequestHandler, Response } from 'express';
import type { Database } from '#db';
import { Refusal } from '#domain/refusals.ts';
import { DEVICE_ROW, signedDevice } from '#prisma/device-rows.ts';
import type { DeviceHub } from './device-hub.ts';
import { keyOfConnection } from './device-server.ts';
import { declared, filled, nothing, parsed, parserOf, readBody, send, sendProblem } from './door.ts';
import type { Access, Answer, Ask, DeviceCaller, Route } from './endpoint.ts';
import { problemOf, type Logger } from './problem.ts';
import { sourceOf } from './source.ts';

export interface DeviceDoorDeps {
  db: Database;
  hub: DeviceHub;
  /** Whose signature makes a row of the table a device. */
  verifier: KeyObject;
  log: Logger;
  observe(route: string, status: number, seconds: number): void;
}

/**
 * The one door of the listener for devices. Who is at the other end is the key of the connection and nothing that is sent on it; it
 * is looked up for every request. Nothing is read before that.
 */
export function deviceDoor(route: Route, deps: DeviceDoorDeps): RequestHandler {
  const name = `${route.method} ${route.path}`;
  const parse = parserOf(route.endpoint.longest ?? '16kb');
  return async (request, response) => {
    const began = performance.now();
    try {
      const caller = await admitDevice(route.endpoint.access, request, deps);
      // Whoever is not enrolled gets one answer a connection.
      if (!caller.device) response.set('Connection', 'close');
      const answer = await answerOf(route, { parse, caller }, request, response);
      if (answer !== 'streamed') send(response, answer);
    } catch (error) {
      sendDeviceProblem(response, error, deps.log);
    }
    deps.observe(name, response.statusCode, (performance.now() - began) / 1000);
  };
}

/** Whose connection this is. Throws `device-unknown`, `device-revoked`, `device-not-approved` by what the address asks for. */
export async function admitDevice(access: Access, request: Request, { db, hub, verifier }: DeviceDoorDeps): Promise<DeviceCaller> {
  const socket = request.socket as TLSSocket; // of an HTTPS server
  const key = keyOfConnection(socket);
  if (!key) throw new Refusal('device-unknown');
  const row = await db.device.findUnique({ where: { keyHash: key.keyHash }, select: DEVICE_ROW });
  const device = row ? signedDevice(row, verifier) : undefined;
  if (access === 'device-key') return { ...key, device };
  if (!device) throw new Refusal('device-unknown');
  if (device.state === 'revoked') throw new Refusal('device-revoked');
  if (device.state !== 'active' && access !== 'device-enrolled') throw new Refusal('device-not-approved');
  hub.holds(device.id, socket);
  return { ...key, device };
}

/** A refused device keeps no connection. */
export function sendDeviceProblem(response: Response, error: unknown, log: Logger): void {
  if (!response.headersSent && error instanceof Refusal && error.code.startsWith('device-')) response.set('Connection', 'close');
  sendProblem(response, problemOf(error, log));
}

async function answerOf(
  { method, endpoint }: Route,
  { parse, caller }: { parse: RequestHandler; caller: DeviceCaller },
  request: Request,
  response: Response,
): Promise<Answer | 'streamed'> {
  const body = method === 'GET' ? {} : await readBody(request, response, parse);
  const ask: Ask<unknown, unknown, unknown> = {
    params: parsed(endpoint.params ?? nothing, request.params, 'address'),
    query: parsed(endpoint.query ?? nothing, filled(request.query), 'query'),
    body: parsed(endpoint.body ?? nothing, body, 'body'),
    source: sourceOf(request.socket.remoteAddress),
    session: undefined,
    sessionToken: undefined,
    browserToken: undefined,
    nonce: randomUUID(),
    repeatable: false,
    device: caller,
    request,
    response,
  };
  return declared(endpoint, await endpoint.handle(ask));
}
