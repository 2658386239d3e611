import type { LookupFunction } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import { Client } from 'ldapts';

/** `servername`: what its certificate has to say. `lookup`: who knows its address; without it the machine itself is asked. */
export type Controller = { url: string; servername: string; lookup?: LookupFunction };

/** Name servers of the domain, the only ones that are asked, and the Active Directory site that this process is nearest to. */
export type FindSettings = { servers: readonly string[]; site?: string | undefined };

/** Which directory this is. Names are those of the domain; `caPem` is the only authority that is trusted for it. */
export type DirectorySettings = {
  /** In the order in which they are tried. With `find` they serve as long as DNS has not answered, and when nobody whom it names does. */
  controllers: readonly Controller[];
  find?: FindSettings | undefined;
  /** The PDC emulator first, while it answers. */
  prefer?: 'pdc' | undefined;
  caPem: string;
  baseDn: string;
  netbios: string;
  upnSuffix: string;
};

/** How long one operation and one connection may take. A controller that needs longer counts as gone. */
export const limits = { operationMs: 5000, connectMs: 3000, graceMs: 500 } as const;

/**
 * A client that has not connected yet. LDAPS only, TLS 1.2 or newer, the controller's name checked against the given
 * CA. Never StartTLS: ldapts does not repeat it after a reconnect. Throws for any URL but ldaps://.
 */
export function newClient(settings: Pick<DirectorySettings, 'caPem'>, controller: Controller): Client {
  if (!controller.url.startsWith('ldaps://'))
    throw new Error('only ldaps:// is spoken here: a plain connection would show passwords to the network');
  return new Client({
    url: controller.url,
    timeout: limits.operationMs,
    connectTimeout: limits.connectMs,
    tlsOptions: {
      ca: [settings.caPem],
      servername: controller.servername,
      minVersion: 'TLSv1.2',
      rejectUnauthorized: true,
      ...(controller.lookup ? { lookup: controller.lookup } : {}),
    },
    createSecureConnection: ((...options: Parameters<typeof tlsConnect>) => {
      const socket = tlsConnect(...options);
      socket.setKeepAlive(true, 15_000);
      socket.setNoDelay(true);
      return socket;
    }) as typeof tlsConnect,
  });
}

/** A deadline of our own around a call: ldapts can hang for ever when it reconnects. Rejects with `Error`, never with a result code. */
export async function withDeadline<T>(work: Promise<T>, milliseconds: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Leaves a connection behind, whatever state it is in. */
export function discard(client: Client): void {
  withDeadline(client.unbind(), 1000, 'unbind').catch(() => {});
}
