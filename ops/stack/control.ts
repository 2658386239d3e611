import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Supervisor } from './supervisor.ts';

/**
 * How another process of the same owner asks the supervisor to end or restart a part: one JSON line in, one out, over a
 * unix socket of mode 0600. Tests use it to kill -9 at chosen moments.
 */
export type ControlRequest =
  | { command: 'pid'; name: string }
  | { command: 'names' }
  | { command: 'kill'; name: string; signal: NodeJS.Signals }
  | { command: 'restart'; name: string };

type ControlAnswer = { ok: true; value?: unknown } | { ok: false; error: string };

/** A unix socket's path holds 107 bytes at most (unix(7)); a deep state folder gets one under the temporary folder. */
export function controlPath(state: string): string {
  const near = join(state, 'control.sock');
  if (Buffer.byteLength(near) < 100) return near;
  return join(tmpdir(), `countersign-${createHash('sha256').update(state).digest('hex').slice(0, 16)}`, 'control.sock');
}

async function obey(supervisor: Supervisor, request: ControlRequest): Promise<number | string[] | null> {
  if (request.command === 'pid') return supervisor.pid(request.name) ?? null;
  if (request.command === 'kill') await supervisor.kill(request.name, request.signal);
  if (request.command === 'restart') await supervisor.restart(request.name);
  return request.command === 'names' ? supervisor.names() : null;
}

/** Listens for requests until the returned server is closed. */
export async function serveControl(state: string, supervisor: Supervisor): Promise<Server> {
  const path = controlPath(state);
  mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 });
  rmSync(path, { force: true });
  const server = createServer((socket) => {
    socket.on('error', () => {});
    createInterface({ input: socket }).on('line', (line) => {
      const answer = (value: ControlAnswer) => socket.end(`${JSON.stringify(value)}\n`);
      Promise.resolve()
        .then(() => obey(supervisor, JSON.parse(line) as ControlRequest))
        .then(
          (value) => answer({ ok: true, value }),
          (error: Error) => answer({ ok: false, error: error.message }),
        );
    });
  });
  const mask = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve));
    chmodSync(path, 0o600);
  } finally {
    process.umask(mask);
  }
  return server;
}

/** Asks the supervisor of a state folder. Rejects with its words when it refuses, or when nobody listens. */
export function askControl(state: string, request: ControlRequest): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const socket = connect(controlPath(state));
    socket.once('error', reject);
    socket.write(`${JSON.stringify(request)}\n`);
    createInterface({ input: socket }).once('line', (line) => {
      const answer = JSON.parse(line) as ControlAnswer;
      if (answer.ok) resolve(answer.value);
      else reject(new Error(answer.error));
    });
  });
}
