import { randomInt } from 'node:crypto';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { basename } from 'node:path';
import type { WitnessName } from '../paths.ts';
import { Sentence } from '../sentence.ts';

const host = '127.0.0.1';

/** True when nobody listens on that port of the loopback address. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Below what Linux gives to connections that go out (ip_local_port_range, 32768 and up): one of those may be anywhere a moment later, and did take a port between the look and its use. */
const [LOWEST, HIGHEST] = [20_000, 32_767];

/** What was drawn is free until whoever it was for listens there. */
const drawn = new Set<number>();

/** A port on which nobody listens now, drawn by chance, so that two who look at the same time hardly get the same one; never the same one twice in a process. Throws when there is none. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 200; tries += 1) {
    const port = randomInt(LOWEST, HIGHEST + 1);
    if (drawn.has(port) || !(await isFree(port))) continue;
    drawn.add(port);
    return port;
  }
  throw new Error(`no port from ${LOWEST} to ${HIGHEST} is free`);
}

/** The first free port from `wanted` on, within twenty. */
export async function freePortFrom(wanted: number): Promise<number> {
  for (let port = wanted; port < wanted + 20; port += 1) if (await isFree(port)) return port;
  return freePort();
}

/** Who listens on a TCP port, as "name (pid)", by /proc; undefined when that cannot be seen. */
export function holderOf(port: number): string | undefined {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  const inodes = new Set<string>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of readTable(table)) {
      const fields = line.trim().split(/\s+/);
      if (fields[3] === '0A' && fields[1]?.endsWith(`:${wanted}`) && fields[9]) inodes.add(`socket:[${fields[9]}]`);
    }
  }
  if (inodes.size === 0) return undefined;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      for (const fd of readdirSync(`/proc/${pid}/fd`)) {
        if (inodes.has(readlinkSync(`/proc/${pid}/fd/${fd}`)))
          return `${basename(readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0] ?? 'a program')} (process ${pid})`;
      }
    } catch {
      // A process of another user or one that ended meanwhile: it is not ours to look into.
    }
  }
  return undefined;
}

function readTable(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').slice(1);
  } catch {
    return [];
  }
}

/** Refuses with a sentence that names the holder and the option, when the port is taken. */
export async function requirePort(port: number, what: string, option: string): Promise<number> {
  if (await isFree(port)) return port;
  const holder = holderOf(port);
  throw new Sentence(`Port ${port} for the ${what} is taken${holder ? ` by ${holder}` : ''}. End that, or start with ${option}.`);
}

export type Ports = {
  portal: number;
  cards: number;
  devices: number;
  postgres: number;
  witnesses: Record<WitnessName, number>;
  temporal: { frontend: number; page: number; http: number; metrics: number };
};

/**
 * The ports of a stack. The portal's is what people type, so a taken one is refused; the inner ones move aside and say
 * so. 'free' takes any, for stacks that live beside each other.
 */
export async function choosePorts(mode: 'fixed' | 'free', portalPort: number | undefined, say: (line: string) => void): Promise<Ports> {
  if (mode === 'free') {
    return {
      portal: portalPort ?? (await freePort()),
      cards: await freePort(),
      devices: await freePort(),
      postgres: await freePort(),
      witnesses: { 'witness-audit': await freePort(), 'witness-soc': await freePort(), 'witness-second-site': await freePort() },
      temporal: { frontend: await freePort(), page: await freePort(), http: await freePort(), metrics: await freePort() },
    };
  }
  const portal = await requirePort(portalPort ?? 8443, 'portal', `npm start -- --portal-port ${(portalPort ?? 8443) + 1000}`);
  const inner = async (wanted: number, what: string) => {
    const port = await freePortFrom(wanted);
    if (port !== wanted) say(`  · port ${wanted} is taken, so ${what} is on ${port}`);
    return port;
  };
  return {
    portal,
    cards: await inner(8444, 'the card listener'),
    devices: await inner(8445, 'the listener for devices'),
    postgres: await inner(5452, 'PostgreSQL'),
    witnesses: {
      'witness-audit': await inner(8471, 'a witness'),
      'witness-soc': await inner(8472, 'a witness'),
      'witness-second-site': await inner(8473, 'a witness'),
    },
    temporal: {
      frontend: await inner(7233, 'Temporal'),
      page: await inner(8233, "Temporal's page"),
      http: await freePort(),
      metrics: await freePort(),
    },
  };
}
