import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import type { Database } from '#db';
import type { Changes } from '#prisma/changes.ts';
import type { Admission } from './admission.ts';
import { createDeviceApp } from './device-app.ts';
import type { NoticeKey } from './device-endpoints.ts';
import { createDeviceHub } from './device-hub.ts';
import { deviceServer } from './device-server.ts';
import type { Engine } from './engine.ts';
import type { KeyedHash } from './keyed-hash.ts';
import type { Metrics } from './metrics.ts';
import type { Logger } from './problem.ts';
import { readPublicKey, type Sealer } from './seal.ts';
import { drain, listen, type TlsFiles } from './tls-server.ts';

interface DeviceSettings {
  listen: { host: string; port: number };
  origin: string;
  tls: TlsFiles;
  noticePublicKeyFile: string;
}

interface DeviceListenerDeps {
  db: Database;
  hash: KeyedHash;
  sealer: Sealer;
  engine: Engine;
  admission: Admission;
  changes: Changes;
  metrics: Metrics;
  /** Public half of the verifier's signing key. */
  verifier: KeyObject;
  /** SPKI PEM of the writer whose sealed hashes devices may take: what it opens with it also seals by. */
  writer: string;
  stopping: AbortSignal;
  readKey: (file: string) => Buffer;
  log: Logger;
}

/** The listener for agents of devices, of the same process as the portal, on a port of its own. */
export function deviceListener(settings: DeviceSettings, deps: DeviceListenerDeps) {
  const key = noticeKeyOf(readPublicKey(settings.noticePublicKeyFile));
  const hub = createDeviceHub({ ...deps, noticeKey: key.id });
  const app = createDeviceApp({
    ...deps,
    hub,
    noticeKeys: [key],
    writerKeys: [createPublicKey(deps.writer).export({ type: 'spki', format: 'der' }).toString('base64')],
    origin: settings.origin,
    observe: (route, status, seconds) => deps.metrics.observe(route, status, seconds),
  });
  const server = deviceServer(app, settings.tls, deps.readKey, deps.log);
  return {
    async listen(): Promise<void> {
      await listen(server, settings.listen);
      deps.log.info({ origin: settings.origin }, 'ready for devices');
    },
    async close(graceMs: number): Promise<void> {
      hub.close();
      await drain(server, graceMs);
    },
  };
}

/** A key for notices by its id: the first 16 hex digits of SHA-256 over its SubjectPublicKeyInfo. */
export function noticeKeyOf(pem: string | Buffer): NoticeKey {
  const spki = createPublicKey(pem).export({ type: 'spki', format: 'der' });
  return { id: createHash('sha256').update(spki).digest('hex').slice(0, 16), publicKey: spki.toString('base64') };
}
