import { readFileSync } from 'node:fs';
import type { WorkerSettings } from '#config';
import type { Relay } from './relay.ts';

/** The relay that the settings name. The password is read at each mail, so that a new one counts without a restart. */
export function relayOf(
  { host, port, tls, ca, from, credentials }: NonNullable<WorkerSettings['mail']>,
  readSecretLine: (file: string) => string,
): Relay {
  return {
    host,
    port,
    tls,
    from,
    caPem: readFileSync(ca, 'utf8'),
    credentials: credentials && { name: credentials.name, password: () => readSecretLine(credentials.passwordFile) },
  };
}
