import { readFileSync } from 'node:fs';
import { loadSettings, notarySettings, readSecretLine } from '#config';
import { refuseDebugger } from '#no-debugger';
import { openLog } from '#process-log';
import { openDatabase } from '#db';
import { Malformed } from '#evidence/malformed.ts';
import { parseSigner } from '#evidence/signer-key.ts';
import { parseTrustPolicy } from '#evidence/trust-policy.ts';
import { EVERYTHING, listenForChanges } from '#prisma/changes.ts';
import { recordStart } from '#prisma/process-runs.ts';
import { openNotary } from './notary/run.ts';
import { openTileFolder } from './notary/tile-folder.ts';
import { createTurns } from './notary/turns.ts';

/** The notary: puts every leaf in order, signs the tree, and publishes a checkpoint once the quorum of witnesses has cosigned it. It speaks to the database and to witnesses, and listens to nobody. */
const settings = loadSettings(notarySettings);
const log = openLog('notary', settings.logLevel);
refuseDebugger((words) => log.warn({}, words));
const url = readSecretLine(settings.database.urlFile);
const db = openDatabase(url, 4);

const notary = await openNotary({
  db,
  signer: readSigner(settings.keyFile),
  policy: parseTrustPolicy(readFileSync(settings.trustPolicyFile)),
  folder: openTileFolder(settings.tilesFolder),
  refreshSeconds: settings.refreshSeconds,
});
const run = await recordStart(db, 'notary');
const changes = listenForChanges(url, log);
const turns = createTurns(() => notary.turn(), log);
changes.on(({ topic, id }) => {
  if (topic === 'intents') turns.wake(true);
  // Every leaf is told under one of these.
  else if (topic === 'resets' || topic === 'audit' || id === EVERYTHING) turns.wake();
});
turns.wake(true);
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, turns.end);
log.info({}, 'ready');

try {
  await turns.ended;
  await run.stopped();
  // The last leaf is taken too, so that an orderly stop is in the log before the process is gone.
  await notary.turn();
  log.info({}, 'stopped');
} finally {
  await changes.close();
  await db.$disconnect();
}

function readSigner(file: string) {
  try {
    return parseSigner(readSecretLine(file));
  } catch (error) {
    if (error instanceof Malformed) throw new Error(`${file}: ${error.message}. Make one with: countersign ceremony log`, { cause: error });
    throw error;
  }
}
