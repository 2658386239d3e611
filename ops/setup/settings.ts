import { join } from 'node:path';
import type { ApiSettings, NotarySettings, VerifierSettings, WorkerSettings, WriterSettings } from '#config';
import { layout, root } from '../paths.ts';
import type { ProcessName } from '../paths.ts';
import { certificateFile, certificateKeyFile } from './certificates.ts';
import { bannedPasswordsFolder } from './banned-list.ts';
import { metadataFolder } from './fido-metadata.ts';
import { cardListenerKeyFile } from './card-listener.ts';
import { cardsFolder, cardTrustFile } from './card-trust.ts';
import { databaseUrlFile } from './database-roles.ts';
import { historyKeysFile } from './history-keys.ts';
import type { Identities } from './identities.ts';
import { keyFile } from './keys.ts';
import { logKeyFile, tilesFolder } from './log-keys.ts';
import { ownedFile } from './owned-files.ts';
import { publishersFile } from './publishers.ts';
import { historiesFolder, workflowCodeFolder } from './archives.ts';

/** The directory as the processes need it, be it the demo bank's or the operator's own. */
export type DirectoryFacts = {
  connection: VerifierSettings['directory'];
  roleGroups: ApiSettings['roleGroups'];
  /** DN and password of each delegated account. The passwords are copied into the folders of the processes that bind with them. */
  binds: Record<'reader' | 'writerStaff' | 'writerPrivileged', { dn: string; password: string }>;
  /** PEM of the CA that issued the controllers' certificates. */
  caPem: string;
  /** Files on this host in which controllers write their events. */
  events?: VerifierSettings['events'];
  /** Which controller the writers take while it answers; the nearest when nothing is said. */
  writersPrefer?: 'pdc' | undefined;
  /** The site's mail relay, if it has one. */
  mail?: {
    host: string;
    port: number;
    tls: 'implicit' | 'starttls';
    from: string;
    caPem: string;
    credentials: { name: string; password: string } | undefined;
  };
};

export type SettingsInput = {
  state: string;
  identities: Identities;
  temporal: { address: string; namespace: string };
  directory: DirectoryFacts;
  portal: { host: string; port: number; origin: string };
  /** Origin of the card listener. */
  cards: string;
  /** Where agents of devices connect. */
  devices: { host: string; port: number; origin: string };
  /** SHA-256 of the archived code that workflows begin on. */
  workflowCode: string;
  logLevel: 'debug' | 'info' | 'warn' | 'error';
};

const bindOf: Partial<Record<ProcessName, keyof DirectoryFacts['binds']>> = {
  verifier: 'reader',
  'writer-staff': 'writerStaff',
  'writer-privileged': 'writerPrivileged',
};

/** Writes settings.json and the bind password of every process, each readable by that process alone. */
export function writeSettings(input: SettingsInput): void {
  const { state, identities, directory } = input;
  const inFolder = (process: ProcessName, file: string) => keyFile(state, process, file);
  const common = (process: ProcessName) => ({
    database: { urlFile: databaseUrlFile(state, process) },
    logLevel: input.logLevel,
    temporal: { ...input.temporal, historyKeysFile: historyKeysFile(state, process) },
  });
  const connection = (process: ProcessName) => {
    ownedFile(inFolder(process, 'directory-ca.pem'), directory.caPem, identities[process]);
    return { ...directory.connection, ca: inFolder(process, 'directory-ca.pem') };
  };
  const bind = (process: ProcessName) => {
    const account = bindOf[process];
    if (!account) throw new Error(`${process} binds with no account`);
    const { dn, password } = directory.binds[account];
    ownedFile(inFolder(process, 'bind.password'), `${password}\n`, identities[process]);
    return { dn, passwordFile: inFolder(process, 'bind.password') };
  };

  const mailFor = ({ caPem, credentials, ...mail }: NonNullable<DirectoryFacts['mail']>): WorkerSettings['mail'] => {
    const [ca, passwordFile] = [inFolder('worker', 'mail-ca.pem'), inFolder('worker', 'mail.password')];
    ownedFile(ca, caPem, identities.worker);
    if (credentials) ownedFile(passwordFile, `${credentials.password}\n`, identities.worker);
    return { ...mail, ca, ...(credentials ? { credentials: { name: credentials.name, passwordFile } } : {}) };
  };

  const { origin } = input.portal;
  const relyingParty = { id: new URL(origin).hostname, origins: [origin] };
  const api: ApiSettings = {
    process: 'api',
    ...common('api'),
    directory: connection('api'),
    listen: { host: input.portal.host, port: input.portal.port },
    origin,
    relyingParty,
    tls: { certFile: certificateFile(state, 'api'), keyFile: certificateKeyFile(state, 'api') },
    cards: { origin: input.cards, trustFile: cardTrustFile(state, 'api') },
    devices: {
      listen: { host: input.devices.host, port: input.devices.port },
      origin: input.devices.origin,
      tls: { certFile: certificateFile(state, 'api'), keyFile: certificateKeyFile(state, 'api') },
      noticePublicKeyFile: inFolder('api', 'verifier-notice.pub'),
    },
    sealingKeyFile: inFolder('api', 'sealing.key'),
    hmacKeyFile: inFolder('api', 'hmac.key'),
    verifierOpeningPublicKeyFile: inFolder('api', 'verifier-opening.pub'),
    verifierSigningPublicKeyFile: inFolder('api', 'verifier-signing.pub'),
    writerOpeningPublicKeyFiles: {
      staff: inFolder('api', 'writer-staff-opening.pub'),
      privileged: inFolder('api', 'writer-privileged-opening.pub'),
    },
    bannedPasswordsFolder: bannedPasswordsFolder(state),
    trustPolicyFile: inFolder('api', 'trust.tlog'),
    tilesFolder: tilesFolder(state),
    consoleDir: join(root, 'admin-ui', 'dist'),
    roleGroups: directory.roleGroups,
    admission: { perSourcePerMinute: 120, perSitePerMinute: 600, unprovenCap: 500 },
    authenticatorApp: { algorithm: 'sha1', digits: 6, period: 30 },
    session: { idleMinutes: 15, absoluteHours: 8 },
  };
  const worker: WorkerSettings = {
    process: 'worker',
    ...common('worker'),
    workflowCode: { folder: workflowCodeFolder(state), current: input.workflowCode },
    historiesFolder: historiesFolder(state),
    ...(directory.mail ? { mail: mailFor(directory.mail) } : {}),
  };
  const verifier: VerifierSettings = {
    process: 'verifier',
    ...common('verifier'),
    directory: connection('verifier'),
    bind: bind('verifier'),
    events: directory.events ?? [],
    writers: [directory.binds.writerStaff.dn, directory.binds.writerPrivileged.dn],
    roleGroups: directory.roleGroups,
    relyingParty,
    tellsByMail: directory.mail !== undefined,
    cardsFolder: cardsFolder(state, 'verifier'),
    metadataFolder: metadataFolder(state, 'verifier'),
    cardListenerKeyFile: cardListenerKeyFile(state, 'verifier'),
    publishersFile: publishersFile(state, 'verifier'),
    factorKeyFile: inFolder('verifier', 'factor.key'),
    pepperFile: inFolder('verifier', 'pepper.key'),
    hmacKeyFile: inFolder('verifier', 'hmac.key'),
    signingKeyFile: inFolder('verifier', 'signing.key'),
    noticeKeyFile: inFolder('verifier', 'notice.key'),
    openingKeyFile: inFolder('verifier', 'opening.key'),
    apiSealingPublicKeyFile: inFolder('verifier', 'api-sealing.pub'),
  };
  const writer = (name: 'writer-staff' | 'writer-privileged'): WriterSettings => ({
    process: 'writer',
    ...common(name),
    directory: { ...connection(name), ...(directory.writersPrefer ? { prefer: directory.writersPrefer } : {}) },
    bind: bind(name),
    class: name === 'writer-staff' ? 'staff' : 'privileged',
    openingKeyFile: inFolder(name, 'opening.key'),
    apiSealingPublicKeyFile: inFolder(name, 'api-sealing.pub'),
    verifierSigningPublicKeyFile: inFolder(name, 'verifier-signing.pub'),
    relyingParty,
    cardsFolder: cardsFolder(state, name),
    metadataFolder: metadataFolder(state, name),
    cardListenerKeyFile: cardListenerKeyFile(state, name),
    publishersFile: publishersFile(state, name),
    settleSeconds: 30,
    trustPolicyFile: inFolder(name, 'trust.tlog'),
    intentSeconds: 900,
    haltFile: inFolder(name, 'halt.json'),
  });

  const notary: NotarySettings = {
    process: 'notary',
    database: { urlFile: databaseUrlFile(state, 'notary') },
    logLevel: input.logLevel,
    keyFile: logKeyFile(state),
    trustPolicyFile: inFolder('notary', 'trust.tlog'),
    tilesFolder: tilesFolder(state),
    refreshSeconds: 600,
  };

  const all: Record<ProcessName, object> = {
    notary,
    api,
    worker,
    verifier,
    'writer-staff': writer('writer-staff'),
    'writer-privileged': writer('writer-privileged'),
  };
  for (const [name, settings] of Object.entries(all) as [ProcessName, object][]) {
    ownedFile(layout(state).settingsFile(name), `${JSON.stringify(settings, null, 2)}\n`, identities[name]);
  }
}
