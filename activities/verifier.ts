import { readFileSync } from 'node:fs';
import { loadSettings, readSecret, readSecretLine, secretFile, underTest, verifierSettings, withCa } from '#config';
import { openDatabase } from '#db';
import { forbidFetch } from '#no-calls-out';
import { recordStart } from '#prisma/process-runs.ts';
import { cardTrustIn } from './card-trust.ts';
import { metadataIn } from './fido-metadata.ts';
import { arrivalsBy } from './directory/arrivals.ts';
import { computersBy } from './directory/computer-account.ts';
import { openDirectory } from './directory/connect.ts';
import { noteControllers } from './directory/note-controllers.ts';
import { eachController } from './directory/each-controller.ts';
import { tellControllers } from './directory/tell-controllers.ts';
import { near } from './directory/near.ts';
import { sitesOf } from './directory/sites.ts';
import { wrongTriesBy } from './directory/wrong-tries.ts';
import { openRing } from '#history/open-ring.ts';
import { refuseDebugger } from '#no-debugger';
import { openLog } from '#process-log';
import { listenerKey } from './listener-key.ts';
import { createOpener } from './open-sealed.ts';
import { readPinnedPublishers } from './pinned-publishers.ts';
import { watchDirectory } from './reconcile/watch-directory.ts';
import { runWorker } from './run-worker.ts';
import { VERIFIER } from './verify/deps.ts';
import { verifierKeys } from './verify/keys.ts';
import { peopleOf } from './verify/people.ts';
import { createVerifierActivities } from './verify/verifier-activities.ts';

/** The verifier: checks what people know and hold, and signs what passed. It is not reached from the network; work comes from Temporal's queue `verify`. */
forbidFetch();
const settings = loadSettings(verifierSettings);
const log = openLog(VERIFIER, settings.logLevel);
refuseDebugger((words) => log.warn({}, words));

/** Steps at the same time. A check costs 40 ms of a core and 19 MiB for Argon2id, and a database connection while it lasts. */
const steps = 8;
/** Freezing and escalating, beside them: a queue of thousands takes two places and two connections, and no more. */
const askings = 2;
// Two connections more than steps, for what is read before a step's transaction.
const db = openDatabase(readSecretLine(settings.database.urlFile), steps + askings + 2);
const directory = openDirectory(
  withCa(settings.directory),
  { dn: settings.bind.dn, password: () => readSecretLine(settings.bind.passwordFile) },
  { told: tellControllers(log) },
);

const each = eachController(directory);
const people = peopleOf(directory);
const activities = createVerifierActivities({
  db,
  people,
  arrivals: arrivalsBy(directory, each),
  sites: sitesOf(directory, settings.sites ?? []),
  peopleNear: (site) => (site === undefined ? people : peopleOf(near(directory, site))),
  tries: wrongTriesBy(each, directory.read),
  computers: computersBy(each),
  opener: await createOpener({
    recipient: 'verifier',
    own: readSecretLine(settings.openingKeyFile),
    sender: readFileSync(settings.apiSealingPublicKeyFile, 'utf8'),
  }),
  keys: verifierKeys({
    signing: readSecret(settings.signingKeyFile),
    notice: readSecret(settings.noticeKeyFile),
    factor: readSecret(settings.factorKeyFile),
    pepper: readSecret(settings.pepperFile),
    names: readSecret(settings.hmacKeyFile),
  }),
  roleGroups: settings.roleGroups,
  tellsByMail: settings.tellsByMail,
  cards: cardTrustIn(settings.cardsFolder),
  metadata: metadataIn(settings.metadataFolder),
  cardListenerKey: listenerKey(settings.cardListenerKeyFile),
  pinnedPublishers: () => readPinnedPublishers(settings.publishersFile),
  relyingParty: settings.relyingParty,
});

const watched = { writers: settings.writers, reader: settings.bind.dn, groups: Object.values(settings.roleGroups).flat() };
let stopWatch = async (): Promise<void> => {};
await runWorker({
  settings,
  log,
  keys: openRing(secretFile(settings.temporal.historyKeysFile)),
  taskQueue: 'verify',
  activities,
  limits: { maxConcurrentActivityTaskExecutions: steps },
  // The same name as in TASK_QUEUES of workflows/messages.ts, which activities must not import.
  beside: { taskQueue: 'approvals', limits: { maxConcurrentActivityTaskExecutions: askings, maxConcurrentActivityTaskPolls: askings } },
  mayTimeSkip: underTest,
  recordStart: () => recordStart(db, VERIFIER),
  // Our own tests set passwords around us by the hundred.
  started: async () => {
    const stops = [noteControllers({ db, directory, process: VERIFIER }, log)];
    if (!underTest) stops.push(watchDirectory({ db, directory, watched, events: settings.events }, log));
    stopWatch = async () => void (await Promise.all(stops.map((stop) => stop())));
  },
  draining: () => stopWatch(),
  stopped: async () => {
    await directory.close();
    await db.$disconnect();
  },
});
