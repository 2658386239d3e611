import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { loadSettings, readSecret, readSecretLine, secretFile, underTest, withCa, writerSettings } from '#config';
import { openDatabase } from '#db';
import { parseTrustPolicy } from '#evidence/trust-policy.ts';
import { recordStart } from '#prisma/process-runs.ts';
import { cardTrustIn } from './card-trust.ts';
import { metadataIn } from './fido-metadata.ts';
import { listenerKey } from './listener-key.ts';
import { openDirectory } from './directory/connect.ts';
import { noteControllers } from './directory/note-controllers.ts';
import { tellControllers } from './directory/tell-controllers.ts';
import { openRing } from '#history/open-ring.ts';
import { refuseDebugger } from '#no-debugger';
import { openLog } from '#process-log';
import { createOpener } from './open-sealed.ts';
import { readPinnedPublishers } from './pinned-publishers.ts';
import { runWorker } from './run-worker.ts';
import { createWriterActivities } from './write/activities.ts';
import { writerName, type WriterDeps } from './write/deps.ts';
import { createHashSealer } from './write/hash-sealer.ts';
import { haltFile, startWatchingHalts } from './write/halts.ts';
import { startSettling } from './write/sweep.ts';

/** A writer: the only process that may change the directory, for one class of accounts, and it believes nobody. */
const settings = loadSettings(writerSettings);
const { class: writerClass } = settings;
const process = writerName({ writerClass });
const log = openLog(process, settings.logLevel);
refuseDebugger((words) => log.warn({}, words));
const db = openDatabase(readSecretLine(settings.database.urlFile), 4);

const directory = openDirectory(
  withCa(settings.directory),
  { dn: settings.bind.dn, password: () => readSecretLine(settings.bind.passwordFile) },
  { connections: 2, writable: true, told: tellControllers(log) },
);

const verifierKey = createPublicKey(readFileSync(settings.verifierSigningPublicKeyFile));
if (verifierKey.asymmetricKeyType !== 'ed25519')
  throw new Error(`${settings.verifierSigningPublicKeyFile} is not an Ed25519 public key. Put the verifier's key there.`);

const deps: WriterDeps = {
  db,
  writerClass,
  directory,
  // Read back and written again only where the first write went, be it named by the settings or by DNS no more.
  directoryOn: directory.only,
  verifierKey,
  relyingParty: settings.relyingParty,
  cards: cardTrustIn(settings.cardsFolder),
  metadata: metadataIn(settings.metadataFolder),
  cardListenerKey: listenerKey(settings.cardListenerKeyFile),
  pinnedPublishers: () => readPinnedPublishers(settings.publishersFile),
  opener: await createOpener({
    recipient: process,
    own: readSecret(settings.openingKeyFile).toString('utf8'),
    sender: readFileSync(settings.apiSealingPublicKeyFile, 'utf8'),
  }),
  hashSealer: writerClass === 'staff' ? await createHashSealer(readSecret(settings.openingKeyFile).toString('utf8')) : undefined,
  settleSeconds: settings.settleSeconds,
  trustPolicy: parseTrustPolicy(readFileSync(settings.trustPolicyFile)),
  intentSeconds: settings.intentSeconds,
  halts: haltFile(settings.haltFile),
};

let stopSettling = async (): Promise<void> => {};
await runWorker({
  settings,
  log,
  keys: openRing(secretFile(settings.temporal.historyKeysFile)),
  // The same names as TASK_QUEUES in workflows/messages.ts, which activities must not import.
  taskQueue: writerClass === 'staff' ? 'directory-write-staff' : 'directory-write-privileged',
  activities: createWriterActivities(deps),
  limits: {
    // A controller makes about 27 resets a second whatever the concurrency (measured on Samba 4.17): two keep it busy
    // while one reads; more would only wait for a connection and use up their claim's time.
    maxConcurrentActivityTaskExecutions: 2,
    maxConcurrentActivityTaskPolls: 2,
  },
  mayTimeSkip: underTest,
  recordStart: () => recordStart(db, process),
  started: async () => {
    const stops = [startSettling(deps, log), startWatchingHalts(deps, log), noteControllers({ db, directory, process }, log)];
    stopSettling = async () => void (await Promise.all(stops.map((stop) => stop())));
  },
  draining: () => stopSettling(),
  stopped: async () => {
    await directory.close();
    await db.$disconnect();
  },
});
