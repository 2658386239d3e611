import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { controllerList, findByDns, siteNetworks, someControllers } from '#directory-settings';

/**
 * The only reader of process.env and of secret files. Each process is started with COUNTERSIGN_SETTINGS naming one
 * JSON file; every secret in it is the path of a file of mode 0600. A setting that is missing, weak or readable by
 * others stops the process with the sentence that mends it: nothing here has a default for a secret.
 */

const path = z.string().min(1);
const address = z.string().regex(/^[^:\s]+:\d+$/, 'must be host:port');

const directory = z
  .strictObject({
    controllers: controllerList,
    find: findByDns.optional(),
    /** The PDC emulator first, while it answers; without it the nearest. For writers. */
    prefer: z.literal('pdc').optional(),
    ca: path,
    baseDn: z.string().min(1),
    netbios: z.string().min(1),
    upnSuffix: z.string().min(1),
  })
  .superRefine(someControllers);
const bind = z.strictObject({ dn: z.string().min(1), passwordFile: path });

const common = {
  database: z.strictObject({ urlFile: path }),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
};
/** Temporal, and the ring of keys that encrypt what it keeps (history/key-ring.ts). */
const temporal = z.strictObject({ address, namespace: z.string().min(1), historyKeysFile: path });

/** Names of directory groups (sAMAccountName) whose members, nested ones included, have a role in the console. */
const roleGroups = z.strictObject({
  approver: z.array(z.string()),
  'security-officer': z.array(z.string()),
  'help-desk': z.array(z.string()),
  auditor: z.array(z.string()),
  administrator: z.array(z.string()),
  operator: z.array(z.string()),
});

/** WebAuthn: the host name that keys are made for, and the origins of the console's pages on which they may be used. */
const relyingParty = z.strictObject({ id: z.string().min(1), origins: z.array(z.url()).min(1) });

/** Admission before Temporal is touched: requests a minute per source and for the site, and the cap on resets whose claimant is not proven yet. */
const admission = z.strictObject({
  perSourcePerMinute: z.int().positive(),
  perSitePerMinute: z.int().positive(),
  unprovenCap: z.int().positive(),
});

const tls = z.strictObject({ certFile: path, keyFile: path });

export const apiSettings = z.strictObject({
  process: z.literal('api'),
  ...common,
  temporal,
  directory,
  listen: z.strictObject({ host: z.string(), port: z.int() }),
  origin: z.url(),
  relyingParty,
  tls,
  /** Where claimants show smart cards: offered as long as the file of whose cards count is there. */
  cards: z.strictObject({ origin: z.url(), trustFile: path }).optional(),
  /** Where agents of devices connect; left out at a site without any. `noticePublicKeyFile`: pinned SPKI Ed25519 key of the verifier's notices. */
  devices: z
    .strictObject({ listen: z.strictObject({ host: z.string(), port: z.int() }), origin: z.url(), tls, noticePublicKeyFile: path })
    .optional(),
  /** PKCS#8 key that seals to verifier and writers (HPKE auth mode). */
  sealingKeyFile: path,
  /** 32 bytes: HMAC for session ids, browser binding and names that nobody knows. */
  hmacKeyFile: path,
  verifierOpeningPublicKeyFile: path,
  /** Pinned SPKI Ed25519 key of the verifier: whose word counts at sign-in and at coming back. */
  verifierSigningPublicKeyFile: path,
  writerOpeningPublicKeyFiles: z.strictObject({ staff: path, privileged: path }),
  /** The list of banned passwords and whose lists count: api/banned-list.ts. Without them no password is taken. */
  bannedPasswordsFolder: path,
  trustPolicyFile: path,
  /** The evidence log as files (C2SP tlog-tiles), written by the notary. */
  tilesFolder: path,
  consoleDir: path,
  roleGroups,
  admission,
  session: z.strictObject({ idleMinutes: z.int().positive(), absoluteHours: z.int().positive() }),
  /** How authenticator apps that people add under My factors make their codes. Many apps read another setting and take this one all the same. */
  authenticatorApp: z
    .strictObject({
      algorithm: z.enum(['sha1', 'sha256', 'sha512']),
      digits: z.union([z.literal(6), z.literal(7), z.literal(8)]),
      period: z.union([z.literal(30), z.literal(60)]),
    })
    .default({ algorithm: 'sha1', digits: 6, period: 30 }),
});

/** The site's mail relay: over TLS, by a certificate of this authority for this host, and no other way. */
const mailRelay = z.strictObject({
  host: z.string().min(1),
  port: z.int().min(1).max(65_535),
  tls: z.enum(['implicit', 'starttls']),
  /** PEM of the authority. */
  ca: path,
  from: z.email(),
  credentials: z.strictObject({ name: z.string().min(1), passwordFile: path }).optional(),
});

export const workerSettings = z.strictObject({
  process: z.literal('worker'),
  ...common,
  temporal,
  /** The archive of the workflows' code, and the SHA-256 of the code that workflows begin on. */
  workflowCode: z.strictObject({ folder: path, current: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits') }),
  /** The archive of sealed histories. */
  historiesFolder: path,
  /** Without it nobody is told by mail. */
  mail: mailRelay.optional(),
});

export const verifierSettings = z.strictObject({
  process: z.literal('verifier'),
  ...common,
  temporal,
  directory,
  /** Which sites claimants come from, where the directory's own subnets do not say. */
  sites: siteNetworks.optional(),
  bind,
  /** Distinguished names of the accounts that the writers bind with: whose rights must not shrink, and on whom nobody's may grow. */
  writers: z.array(z.string().min(1)),
  /** Files on this host in which controllers write their events, and which controller each is. */
  events: z.array(z.strictObject({ file: path, controller: z.string().min(1) })).default([]),
  roleGroups,
  relyingParty,
  /** Whether the worker has a mail relay: only then are addresses read. */
  tellsByMail: z.boolean(),
  /** Whose smart cards count (trust.json) and their revocation lists (in lists): activities/card-trust.ts. Without the file no cards are taken. */
  cardsFolder: path,
  /** The list of models of keys (fido-metadata.json): activities/fido-metadata.ts. Without the file no model is known. */
  metadataFolder: path,
  /** Pinned SPKI Ed25519 key of the card listener. Without it claimants show no cards. */
  cardListenerKeyFile: path.optional(),
  /** Its own copy of who may publish policies (domain/policy-publication.ts, as JSON). */
  publishersFile: path,
  /** 32 bytes: encrypts factor secrets at rest (AES-256-GCM, bound to account and factor). */
  factorKeyFile: path,
  /** 32 bytes: pepper of every stored code. */
  pepperFile: path,
  /** 32 bytes: HMAC for names that nobody knows (the same key as the API's hmacKey is not needed). */
  hmacKeyFile: path,
  /** PKCS#8 Ed25519: signs what passed. */
  signingKeyFile: path,
  /** PKCS#8 Ed25519: signs notices for devices. */
  noticeKeyFile: path,
  /** PKCS#8 P-256: opens what the API sealed. */
  openingKeyFile: path,
  apiSealingPublicKeyFile: path,
});

export const writerSettings = z.strictObject({
  process: z.literal('writer'),
  ...common,
  temporal,
  directory,
  bind,
  /** Which accounts this writer serves; it refuses the others whatever the worker says. */
  class: z.enum(['staff', 'privileged']),
  openingKeyFile: path,
  apiSealingPublicKeyFile: path,
  /** Pinned SPKI Ed25519 key of the verifier. */
  verifierSigningPublicKeyFile: path,
  /** Its own copy: a signature made for another site, or on another page, is none. */
  relyingParty,
  /** Its own copy of whose smart cards count, and of their revocation lists. */
  cardsFolder: path,
  /** Its own copy of the list of models of keys. */
  metadataFolder: path,
  /** Its own copy of the card listener's public key. */
  cardListenerKeyFile: path.optional(),
  /** Its own copy of who may publish policies, and of the versions that the operator put in force by hand. */
  publishersFile: path,
  /** Minutes after which a claim whose outcome is unknown may be examined again. */
  settleSeconds: z.int().positive(),
  /** Its own copy of which log, witnesses and quorum an intent must be witnessed by (C2SP tlog-policy). */
  trustPolicyFile: path,
  /** How old the cosignatures over an intent may be, in seconds. */
  intentSeconds: z.int().positive(),
  /** Where it keeps the newest emergency stop that it has seen, written by the writer alone. */
  haltFile: path,
});

export const witnessSettings = z.strictObject({
  process: z.literal('witness'),
  listen: z.strictObject({ host: z.string(), port: z.int() }),
  keyFile: path,
  stateFile: path,
  logsFile: path,
});

/** Asks browsers for the certificate of a smart card. It has no database, no directory and no Temporal. */
export const cardListenerSettings = z.strictObject({
  process: z.literal('card-listener'),
  logLevel: common.logLevel,
  listen: z.strictObject({ host: z.string(), port: z.int() }),
  /** Where browsers reach it, and where they go on to. */
  origin: z.url(),
  portal: z.url(),
  tls,
  /** PKCS#8 Ed25519: signs what it saw. */
  signingKeyFile: path,
  /** Whose cards count: browsers are told the names of the issuers, so that people choose among the right certificates. */
  trustFile: path,
});

export const notarySettings = z.strictObject({
  process: z.literal('notary'),
  ...common,
  /** One line PRIVATE+KEY+…: signs the checkpoints of the log. */
  keyFile: path,
  /** Which log, which witnesses at which addresses, which quorum (C2SP tlog-policy). */
  trustPolicyFile: path,
  tilesFolder: path,
  refreshSeconds: z.int().positive(),
});

export type ApiSettings = z.infer<typeof apiSettings>;
export type WorkerSettings = z.infer<typeof workerSettings>;
export type VerifierSettings = z.infer<typeof verifierSettings>;
export type WriterSettings = z.infer<typeof writerSettings>;
export type CardListenerSettings = z.infer<typeof cardListenerSettings>;
export type NotarySettings = z.infer<typeof notarySettings>;

/** Reads the settings of this process. Throws one sentence naming field and fix when anything is missing or wrong. */
export function loadSettings<S extends z.ZodType>(schema: S): z.infer<S> {
  const file = process.env['COUNTERSIGN_SETTINGS'];
  if (!file) throw new Error('COUNTERSIGN_SETTINGS is not set. Start with `npm start`, or name the settings file of this process.');
  // NODE_DEBUG=ldapts prints unicodePwd in full, so a process with it never starts.
  if (process.env['NODE_DEBUG']) throw new Error('NODE_DEBUG is set and would print secrets. Unset it and start again.');
  const parsed = schema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!parsed.success) throw new Error(`${file}: ${parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; ')}`);
  return parsed.data;
}

/** Reads a secret file. Refuses one that others may read, and an empty one. */
export function readSecret(file: string): Buffer {
  const mode = statSync(file).mode & 0o077;
  if (mode !== 0) throw new Error(`${file} can be read by others. Run: chmod 600 ${file}`);
  const bytes = readFileSync(file);
  if (bytes.length === 0) throw new Error(`${file} is empty. Make the key again with npm start -- --fresh.`);
  return bytes;
}

/** A secret file that may be replaced while the process runs: its text, and a stamp that changes with it. */
export function secretFile(file: string): { name: string; read: () => string; stamp: () => string } {
  return {
    name: file,
    read: () => readSecret(file).toString('utf8'),
    stamp: () => {
      const { ino, mtimeMs, size } = statSync(file);
      return `${ino} ${mtimeMs} ${size}`;
    },
  };
}

/** Reads a secret that is one line of text, such as a password or a connection URL. */
export function readSecretLine(file: string): string {
  const line = readSecret(file).toString('utf8').trim();
  if (line === '') throw new Error(`${file} holds no value.`);
  return line;
}

/** True only in a stack that our own tests started: there the server may skip time, which production refuses. */
export const underTest = process.env['COUNTERSIGN_TESTING'] === '1';

/** The directory's settings with its pinned CA read in. */
export function withCa<D extends { ca: string }>(directory: D): Omit<D, 'ca'> & { caPem: string } {
  const { ca, ...rest } = directory;
  return { ...rest, caPem: readFileSync(ca, 'utf8') };
}
