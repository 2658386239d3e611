import { createPublicKey } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { Pool } from 'pg';
import { apiSettings, loadSettings, readSecret, readSecretLine, secretFile } from '#config';
import { refuseDebugger } from '#no-debugger';
import { openLog } from '#process-log';
import { openDatabase } from '#db';
import { historyConverter } from '#history/converter.ts';
import { openRing } from '#history/open-ring.ts';
import { createPortalPages } from '#portal/router.ts';
import type { Halt } from '#domain/halt.ts';
import { haltNow } from '#prisma/joint-acts.ts';
import { recordStart } from '#prisma/process-runs.ts';
import { openAlarms } from './alarms-endpoints.ts';
import { createAdmission } from './admission.ts';
import { createApp } from './app.ts';
import { cardOffer } from './card-offer.ts';
import { bannedListFrom } from './banned-list.ts';
import { listenForChanges } from '#prisma/changes.ts';
import { deviceListener } from './device-listener.ts';
import { createEngine } from './engine.ts';
import { guessableInAThread } from './guessable.ts';
import { keepTidy } from './housekeeping.ts';
import { keyedHash } from './keyed-hash.ts';
import { logStanding } from './log-endpoints.ts';
import { controllersSeen } from './controllers-endpoints.ts';
import { createMetrics } from './metrics.ts';
import { forbidFetch } from '#no-calls-out';
import { createOwnFactorsFlow } from './own-factors-service.ts';
import { createPortalFlow } from './portal-service.ts';
import { problemOf, traceOf } from './problem.ts';
import { createSealer, readPublicKey } from './seal.ts';
import { createSessions } from './sessions.ts';
import { sourceOf } from './source.ts';
import { drain, listen, tlsServer } from './tls-server.ts';
import { hearVerifier } from './verifier-word.ts';

/** The API: portal, console and interface over HTTPS. It has no right of its own in the directory and can open nothing that it has sealed. */
forbidFetch();
const settings = loadSettings(apiSettings);
const log = openLog('api', settings.logLevel);
refuseDebugger((words) => log.warn({}, words));

let serving = false;
// Messages of drivers quote what they were given. What stops a start is a sentence of ours; later only the place is told.
process.on('uncaughtException', (error) => {
  log.error(
    serving ? traceOf(error) : { ...traceOf(error), words: error.message },
    'the process ends because of an error that nobody caught',
  );
  process.exit(1);
});

const url = readSecretLine(settings.database.urlFile);
const db = openDatabase(url, 10);
const pool = new Pool({ connectionString: url, max: 4, application_name: 'countersign-api-limits' });
pool.on('error', () => log.warn({}, 'a database connection was lost'));
const connection = Connection.lazy({ address: settings.temporal.address });
const keys = openRing(secretFile(settings.temporal.historyKeysFile));
const client = new Client({ connection, namespace: settings.temporal.namespace, dataConverter: historyConverter(keys) });
const engine = createEngine(client, keys);
const hash = keyedHash(readSecret(settings.hmacKeyFile));
const sealer = await createSealer({
  own: readSecret(settings.sealingKeyFile).toString('utf8'),
  recipients: {
    verifier: readPublicKey(settings.verifierOpeningPublicKeyFile),
    'writer-staff': readPublicKey(settings.writerOpeningPublicKeyFiles.staff),
    'writer-privileged': readPublicKey(settings.writerOpeningPublicKeyFiles.privileged),
  },
});
const verifierKey = readPublicKey(settings.verifierSigningPublicKeyFile);
const hear = hearVerifier(verifierKey);
const halted = (): Promise<Halt> => haltNow(db, createPublicKey(verifierKey));
const admission = createAdmission(db, pool, settings.admission);
const changes = listenForChanges(url, log);
const sessions = createSessions(db, hash, settings.session);
const cards = cardOffer(settings.cards, settings.origin);
const banned = bannedListFrom(settings.bannedPasswordsFolder);
// Without a list no password could be taken, so nothing is served.
await banned();
const flow = createPortalFlow({
  db,
  hash,
  sealer,
  engine,
  admission,
  hear,
  cards,
  verifierKey: createPublicKey(verifierKey),
  relyingParty: settings.relyingParty,
  banned,
  guessable: guessableInAThread(),
  log,
  app: settings.authenticatorApp,
});
/** Of My factors: a computer that others use too is left after minutes. */
const ownSessions = createSessions(db, hash, { idleMinutes: 10, absoluteHours: 0.5 }, 'portal');
const factors = createOwnFactorsFlow(
  { db, hash, sealer, engine, admission, sessions: ownSessions, hear },
  { app: settings.authenticatorApp, relyingParty: settings.relyingParty },
);
const portalPages = createPortalPages({
  flow,
  factors,
  origin: settings.origin,
  cardListener: cards?.origin,
  csrfSecret: hash('portal-forms'),
  explain: (error) => problemOf(error, log),
  sourceOf,
});
const stopping = new AbortController();
const metrics = createMetrics(
  () => logStanding(db),
  halted,
  () => openAlarms(db),
  () => controllersSeen(db),
);
const app = createApp({
  stopping: stopping.signal,
  db,
  hash,
  sealer,
  engine,
  admission,
  sessions,
  changes,
  flow,
  hear,
  verifierKey: createPublicKey(verifierKey),
  haltNow: halted,
  metrics,
  tilesFolder: settings.tilesFolder,
  trustPolicyFile: settings.trustPolicyFile,
  origin: settings.origin,
  relyingParty: settings.relyingParty,
  consoleDir: settings.consoleDir,
  portalPages,
  log,
});

const server = tlsServer(app, settings.tls, readSecret, log);
const devices =
  settings.devices &&
  deviceListener(settings.devices, {
    db,
    hash,
    sealer,
    engine,
    admission,
    changes,
    metrics,
    verifier: createPublicKey(verifierKey),
    writer: readPublicKey(settings.writerOpeningPublicKeyFiles.staff),
    stopping: stopping.signal,
    readKey: readSecret,
    log,
  });
const stopTidying = keepTidy(db, log);
await listen(server, settings.listen);
await devices?.listen();
const run = await recordStart(db, 'api');
serving = true;
log.info({ origin: settings.origin }, 'ready');

/** Half the time that the supervisor gives, so that the leaves below are written before it loses patience. */
const DRAIN_MS = 8000;
const stop = async (): Promise<void> => {
  if (stopping.signal.aborted) return;
  stopping.abort();
  stopTidying();
  await changes.close();
  await Promise.all([drain(server, DRAIN_MS), devices?.close(DRAIN_MS)]);
  await admission.close();
  await run.stopped();
  await Promise.allSettled([pool.end(), connection.close(), db.$disconnect()]);
  log.info({}, 'stopped');
};
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.on(
    signal,
    () =>
      void stop().then(
        () => process.exit(0),
        () => process.exit(1),
      ),
  );
