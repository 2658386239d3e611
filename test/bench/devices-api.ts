import { createPublicKey, randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Pool } from 'pg';
import { createAdmission } from '#api/admission.ts';
import { createDeviceApp } from '#api/device-app.ts';
import { createDeviceHub } from '#api/device-hub.ts';
import { noticeKeyOf } from '#api/device-listener.ts';
import { deviceServer } from '#api/device-server.ts';
import { keyedHash } from '#api/keyed-hash.ts';
import { listen } from '#api/tls-server.ts';
import { readSecret } from '#config';
import { openDatabase } from '#db';
import { listenForChanges } from '#prisma/changes.ts';

/** What the process is given by its parent, and what it answers. */
export interface ApiGiven {
  url: string;
  verifierPem: string;
  noticePem: string;
  certFile: string;
  keyFile: string;
}
export type ApiSaid = { port: number } | { rss: number; heap: number; streams: number };

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const say = (said: ApiSaid): boolean | undefined => process.send?.(said);

/** The listener for devices as the API runs it, in a process of its own, so that what is measured of its memory is its alone. */
process.once('message', (message) => void serve(message as ApiGiven));
process.once('disconnect', () => process.exit());

async function serve({ url, verifierPem, noticePem, certFile, keyFile }: ApiGiven): Promise<void> {
  const db = openDatabase(url, 10);
  const pool = new Pool({ connectionString: url, max: 4 });
  const log = { info: () => {}, warn: () => {}, error: (fields: object, words: string) => console.error(words, fields) };
  const admission = createAdmission(db, pool, { perSourcePerMinute: 100_000, perSitePerMinute: 100_000, unprovenCap: 100_000 });
  const verifier = createPublicKey(verifierPem);
  const key = noticeKeyOf(noticePem);
  const hub = createDeviceHub({ db, changes: listenForChanges(url, log), verifier, noticeKey: key.id });
  // Nobody enrols or acknowledges here.
  const notAsked = {} as never;
  const app = createDeviceApp({
    db,
    hash: keyedHash(randomBytes(32)),
    sealer: notAsked,
    engine: notAsked,
    admission,
    hub,
    verifier,
    noticeKeys: [key],
    writerKeys: [],
    stopping: new AbortController().signal,
    origin: 'https://localhost',
    observe: () => {},
    log,
  });
  const server = deviceServer(app, { certFile, keyFile }, readSecret, log);
  await listen(server, { host: '127.0.0.1', port: 0 });
  process.on('message', () => {
    collect();
    const { rss, heapUsed } = process.memoryUsage();
    say({ rss, heap: heapUsed, streams: hub.count() });
  });
  say({ port: (server.address() as AddressInfo).port });
}
