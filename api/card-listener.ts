import { createPrivateKey } from 'node:crypto';
import { cardListenerSettings, loadSettings, readSecret } from '#config';
import { forbidFetch } from '#no-calls-out';
import { refuseDebugger } from '#no-debugger';
import { openLog } from '#process-log';
import { cardServer } from './card-server.ts';
import { drain, listen } from './tls-server.ts';

/**
 * The card listener: a process of its own, because whoever holds its key says which cards were used. It asks the browser for
 * the certificate of a smart card and signs what it saw; it judges nothing, and has no database, no directory and nothing of the portal's.
 */
forbidFetch();
const settings = loadSettings(cardListenerSettings);
const log = openLog('card-listener', settings.logLevel);
refuseDebugger((words) => log.warn({}, words));
const signing = createPrivateKey(readSecret(settings.signingKeyFile));
if (signing.asymmetricKeyType !== 'ed25519')
  throw new Error(`${settings.signingKeyFile} is not an Ed25519 key. Make it again with npm start.`);
const server = cardServer({
  tls: settings.tls,
  readKey: readSecret,
  trustFile: settings.trustFile,
  portal: new URL(settings.portal).origin,
  signing,
  log,
});
await listen(server, settings.listen);
log.info({ origin: settings.origin }, 'ready');
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(
    signal,
    () =>
      void drain(server, 2000).then(
        () => process.exit(0),
        () => process.exit(1),
      ),
  );
