import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateSync } from 'otplib';
import * as pg from 'pg';
import { codeFromBytes, RECOVERY_CODE_SYMBOLS } from '#domain/codes.ts';
import { openEnroller } from '#ops/enrolment.ts';
import { readDemoPeople } from '#ops/demo/secrets.ts';
import type { Client } from './http-client.ts';
import { registerKey } from './signing.ts';
import { SoftPasskey, type Page, type SavedPasskey } from './soft-passkey.ts';
import { tryPassword, type PasswordTrial } from '#activities/directory/verify-bind.ts';

export interface Cast {
  /** A code that the account's authenticator shows and that was not used yet. */
  code: (account: string) => Promise<string>;
  /** Any well-formed code that is wrong now. */
  wrongCode: (account: string) => string;
  /** A recovery code that nobody has used: the first call in a test file enrols ten new ones. */
  recoveryCode: (account: string) => Promise<string>;
  password: (account: string) => string;
  /** The security key of somebody signed in: the first call in a stack registers it, by their codes. */
  key: (account: string, http: Client) => Promise<SoftPasskey>;
  /** Where keys are used. */
  page: Page;
  /** As if the account had never had a key. */
  forgetKeys: (account: string) => Promise<void>;
  guid: (account: string) => Promise<string>;
  /** A row of the tables as the owner sees them; tests read what people cannot. */
  sql: <Row extends pg.QueryResultRow>(text: string, values?: unknown[]) => Promise<Row[]>;
  bind: (account: string, password: string) => Promise<PasswordTrial>;
  close: () => Promise<void>;
}

const unused = new Map<string, string[]>();

/** The demo's people as a test plays them: their codes and passwords, and the database as its owner sees it. */
export async function cast(state: string): Promise<Cast> {
  const people = readDemoPeople(state);
  // A pool, since some tests kill PostgreSQL: it opens a new connection for the next question.
  const owner = new pg.Pool({ connectionString: readFileSync(join(state, 'database', 'owner.url'), 'utf8').trim(), max: 1 });
  // A stack that a single file started may end before that file's own hooks close this connection.
  owner.on('error', () => undefined);
  const settings = JSON.parse(readFileSync(join(state, 'verifier', 'settings.json'), 'utf8')) as {
    relyingParty: { id: string; origins: string[] };
    directory: { ca: string; controllers: { url: string; servername: string }[]; baseDn: string; netbios: string; upnSuffix: string };
  };
  const { ca, ...directory } = settings.directory;
  const person = (account: string) => {
    const found = people.find((p) => p.account === account);
    if (!found) throw new Error(`${account} is not in the demo bank`);
    return found;
  };
  const { id: rpId, origins } = settings.relyingParty;
  const page: Page = { rpId, origin: origins[0] ?? '' };
  const keyFile = (account: string): string => join(state, 'test-keys', `${account}.json`);
  const sql: Cast['sql'] = async (text, values = []) => (await owner.query(text, values)).rows;
  const guid: Cast['guid'] = async (account) => {
    const rows = await sql<{ account_guid: string }>('SELECT account_guid FROM device WHERE lower(account_name) = lower($1) LIMIT 1', [
      account,
    ]);
    if (!rows[0]) throw new Error(`${account} has no device in the demo`);
    return rows[0].account_guid;
  };
  const cast: Cast = {
    sql,
    page,
    async key(account, http) {
      const file = keyFile(account);
      const saved = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as SavedPasskey) : undefined;
      const key = new SoftPasskey(-7, saved);
      key.counts = false;
      if (saved) {
        // A browser that held the same key has counted; here it begins again.
        await sql('UPDATE passkey SET counter = 0 WHERE credential_id = $1', [key.id]);
        return key;
      }
      await registerKey(http, key, page, { totp: await cast.code(account), recoveryCode: await cast.recoveryCode(account) });
      mkdirSync(join(state, 'test-keys'), { recursive: true });
      writeFileSync(file, JSON.stringify(key.save()), { mode: 0o600 });
      return key;
    },
    async forgetKeys(account) {
      rmSync(keyFile(account), { force: true });
      await sql('DELETE FROM passkey WHERE account_guid = $1::uuid', [await guid(account)]);
    },
    async code(account) {
      const now = Math.floor(Date.now() / 1000);
      const used = await sql<{ last_step: string | null }>('SELECT max(last_step) AS last_step FROM totp WHERE account_guid = $1::uuid', [
        await guid(account),
      ]);
      // A code of the next step was taken for a fast clock, and the code of this one would run out with its half minute, not after the next.
      await sql('UPDATE totp SET drift = 0 WHERE account_guid = $1::uuid', [await guid(account)]);
      // The step before is valid too, but may run out on the way. When both are burned the test forgets them rather than wait half a minute.
      const last = Number(used[0]?.last_step ?? 0);
      const step = [0, 1].map((d) => Math.floor(now / 30) + d).find((s) => s > last);
      if (step === undefined) {
        await sql('UPDATE totp SET last_step = NULL WHERE account_guid = $1::uuid', [await guid(account)]);
        await sql(`UPDATE burn SET consumed = NULL WHERE consumed LIKE 'totp:%'`);
      }
      return generateSync({ secret: person(account).totpSecret, epoch: (step ?? Math.floor(now / 30)) * 30 });
    },
    wrongCode(account) {
      const step = Math.floor(Date.now() / 30_000);
      const right = new Set([-2, -1, 0, 1, 2].map((d) => generateSync({ secret: person(account).totpSecret, epoch: (step + d) * 30 })));
      return ['123456', '654321', '111222', '333444', '987123', '246810'].find((c) => !right.has(c)) ?? '000001';
    },
    async recoveryCode(account) {
      const left = unused.get(account) ?? [];
      if (left.length === 0) {
        left.push(...Array.from({ length: 10 }, () => codeFromBytes(randomBytes(RECOVERY_CODE_SYMBOLS))));
        const enroller = await openEnroller(state);
        await enroller.enrol({ account, recoveryCodes: [...left] });
        await enroller.close();
      }
      unused.set(account, left.slice(1));
      return left[0] ?? '';
    },
    password: (account) => person(account).password,
    guid,
    bind: (account, password) =>
      tryPassword({ ...directory, caPem: readFileSync(ca, 'utf8') }, `${account}@${directory.upnSuffix}`, password),
    close: () => owner.end(),
  };
  return cast;
}
