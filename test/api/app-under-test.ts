import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { Client, Connection } from '@temporalio/client';
import { Pool } from 'pg';
import { hearVerifier } from '#api/verifier-word.ts';
import type { Database } from '#db';
import { openAlarms } from '#api/alarms-endpoints.ts';
import { createAdmission, type Admission, type AdmissionLimits } from '#api/admission.ts';
import { createApp } from '#api/app.ts';
import { listenForChanges } from '#prisma/changes.ts';
import { SESSION_COOKIE } from '#api/cookies.ts';
import type { BannedList } from '#api/banned-list.ts';
import type { Role } from '#api/endpoint.ts';
import { createEngine } from '#api/engine.ts';
import { guessableInAThread } from '#api/guessable.ts';
import { keyedHash, type KeyedHash } from '#api/keyed-hash.ts';
import { logStanding } from '#api/log-endpoints.ts';
import { controllersSeen } from '#api/controllers-endpoints.ts';
import { createMetrics } from '#api/metrics.ts';
import { createPortalFlow } from '#api/portal-service.ts';
import { haltNow } from '#prisma/joint-acts.ts';
import { createSealer, type SealingKeys } from '#api/seal.ts';
import { createSessions, type Sessions } from '#api/sessions.ts';
import { historyConverter } from '#history/converter.ts';
import { openRing } from '#history/open-ring.ts';
import { newRing } from '#test/support/history-keys.ts';
import { useDatabase, type TestDatabase } from '#test/support/database.ts';

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  body: Record<string, unknown>;
}

export interface AppUnderTest {
  database: TestDatabase;
  db: Database;
  owner: Database;
  /** Where the application looks for its trust policy; there is none until a test writes one. */
  trustPolicyFile: string;
  hash: KeyedHash;
  sessions: Sessions;
  admission: Admission;
  /** What the portal's door asks; a test may put another list in its place. */
  door: { banned: () => Promise<BannedList> };
  logged: { level: string; fields: object; message: string }[];
  ask(method: string, path: string, more?: { body?: string | Buffer; headers?: Record<string, string> }): Promise<Answer>;
  /** A signed-in person's headers, ready to change state. */
  signedIn(roles: Role[], account?: string): Promise<Record<string, string>>;
}

/** The public half of a verifier that never speaks here. */
function newVerifierKey(): string {
  return generateKeyPairSync('ed25519').publicKey.export({ format: 'pem', type: 'spki' }).toString();
}

/** Of a list that is new today. */
const LIST = { number: 1, made: new Date().toISOString(), entries: 1, sha256: Buffer.alloc(32) };
const ORIGIN = 'https://portal.test';
export const CHANGING = { 'x-countersign': '1', 'content-type': 'application/json' };

/** The application over real tables with the API's own rights. Temporal is away: what would reach it answers 503. */
export async function useApp(
  limits: AdmissionLimits = { perSourcePerMinute: 100_000, perSitePerMinute: 100_000, unprovenCap: 100_000 },
): Promise<AppUnderTest> {
  const database = await useDatabase();
  const db = database.as('api');
  const url = new URL(database.url);
  url.searchParams.set('options', '-c role=countersign_api');
  const pool = new Pool({ connectionString: url.href, max: 4 });
  pool.on('error', () => {});
  const logged: AppUnderTest['logged'] = [];
  const log = Object.fromEntries(
    ['info', 'warn', 'error'].map((level) => [level, (fields: object, message: string) => logged.push({ level, fields, message })]),
  ) as never;
  const hash = keyedHash(randomBytes(32));
  const sessions = createSessions(db, hash, { idleMinutes: 15, absoluteHours: 8 });
  const connection = Connection.lazy({ address: '127.0.0.1:1' });
  const keys = openRing(newRing());
  const engine = createEngine(new Client({ connection, dataConverter: historyConverter(keys) }), keys, 500);
  const sealer = await createSealer(testKeys());
  const admission = createAdmission(db, pool, limits);
  const changes = listenForChanges(url.href, log);
  const consoleDir = mkdtempSync(join(tmpdir(), 'console-'));
  writeFileSync(join(consoleDir, 'index.html'), '<script nonce="__CSP_NONCE__"></script>');
  const door: AppUnderTest['door'] = {
    banned: async () => ({ head: LIST, bytes: 0, has: async (password) => password === 'correct horse battery' }),
  };
  const verifierKey = newVerifierKey();
  const hear = hearVerifier(verifierKey);
  const halted = () => haltNow(db, createPublicKey(verifierKey));
  const trustPolicyFile = join(consoleDir, 'trust.tlog');
  const flow = createPortalFlow({
    db,
    hash,
    sealer,
    engine,
    admission,
    banned: () => door.banned(),
    guessable: guessableInAThread(),
    log,
    hear,
    verifierKey: createPublicKey(verifierKey),
    relyingParty: { id: 'portal.test' },
    app: { algorithm: 'sha1', digits: 6, period: 30 },
  });
  const app = createApp({
    stopping: new AbortController().signal,
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
    metrics: createMetrics(
      () => logStanding(db),
      halted,
      () => openAlarms(db),
      () => controllersSeen(db),
    ),
    tilesFolder: join(consoleDir, 'tiles'),
    trustPolicyFile,
    origin: ORIGIN,
    relyingParty: { id: 'portal.test' },
    consoleDir,
    portalPages: (_request, _response, next) => next(),
    log,
  });
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  after(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await changes.close();
    await admission.close().catch(() => {});
    await pool.end();
    await connection.close().catch(() => {});
    rmSync(consoleDir, { recursive: true, force: true });
  });

  return {
    database,
    db,
    trustPolicyFile,
    owner: database.as('superuser'),
    hash,
    sessions,
    admission,
    door,
    logged,
    ask: (method, path, { body, headers = {} } = {}) =>
      new Promise((resolve, reject) => {
        const asked = request(
          {
            host: '127.0.0.1',
            port,
            method,
            path,
            headers: { ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }), ...headers },
          },
          (response) => {
            const chunks: Buffer[] = [];
            response.on('data', (chunk: Buffer) => chunks.push(chunk));
            response.on('end', () => {
              const text = Buffer.concat(chunks).toString();
              const isJson = String(response.headers['content-type']).includes('json');
              resolve({
                status: response.statusCode ?? 0,
                headers: response.headers,
                text,
                body: isJson && text ? (JSON.parse(text) as Record<string, unknown>) : {},
              });
            });
          },
        );
        asked.on('error', reject);
        asked.end(body);
      }),
    async signedIn(roles, account = 'b7a3c1de-0000-4000-8000-000000000001') {
      const { token } = await sessions.begin({ account, sid: 'S-1-5-21-1-2-3-1000', name: 'some.one', roles }, 'full');
      return { cookie: `${SESSION_COOKIE}=${token}`, ...CHANGING };
    },
  };
}

function testKeys(): SealingKeys {
  const pair = () =>
    generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
  return {
    own: pair().privateKey,
    recipients: { verifier: pair().publicKey, 'writer-staff': pair().publicKey, 'writer-privileged': pair().publicKey },
  };
}
