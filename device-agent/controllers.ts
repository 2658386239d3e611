import { resolveSrv } from 'node:dns/promises';
import { connect, type Socket } from 'node:net';
import type { Settings } from './settings.ts';
import type { SssdDomain } from './sssd/config.ts';

const KERBEROS = 88;
const BEGUN_MS = [0, 250, 500];
const TIMEOUT_MS = 800;

/** The domain controllers by name: those of the settings, else of SSSD, else whom DNS names (MS-ADTS 6.3.2.3), at most eight. */
export async function controllersOf({ controllers }: Settings, domain: SssdDomain): Promise<string[]> {
  const named = controllers ?? domain.controllers;
  if (named.length > 0) return named;
  try {
    const found = await resolveSrv(`_ldap._tcp.${domain.name}`);
    return found
      .sort((a, b) => a.priority - b.priority || b.weight - a.weight)
      .map(({ name }) => name)
      .filter((name) => /^[A-Za-z0-9.-]+$/.test(name))
      .slice(0, 8);
  } catch {
    return [];
  }
}

/** The first of them whose Kerberos port takes a connection within 0.8 s; undefined when none does. All are tried at once. */
export async function reachedOf(controllers: readonly string[]): Promise<string | undefined> {
  const tried = await Promise.all(controllers.map(async (name) => ((await takesConnections(name)) ? name : undefined)));
  return tried.find((name) => name !== undefined);
}

/** A connection is begun three times: right after a plug went in, the first packet is lost, and TCP itself sends it again after a second only. */
function takesConnections(host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const sockets: Socket[] = [];
    // The timer is ours: a socket's own one does not run while a name is looked up.
    const timers = [
      ...BEGUN_MS.map((ms) =>
        setTimeout(() => {
          const socket = connect({ host, port: KERBEROS });
          sockets.push(socket.once('connect', () => answer(true)).on('error', () => {}));
        }, ms),
      ),
      setTimeout(() => answer(false), TIMEOUT_MS),
    ];
    const answer = (isReached: boolean): void => {
      for (const timer of timers) clearTimeout(timer);
      for (const socket of sockets) socket.destroy();
      resolve(isReached);
    };
  });
}
