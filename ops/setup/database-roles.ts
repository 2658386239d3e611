import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Client, escapeIdentifier } from 'pg';
import { readSecretLine } from '#config';
import { layout, processNames } from '../paths.ts';
import type { ProcessName } from '../paths.ts';
import type { Progress } from '../progress.ts';
import { Sentence } from '../sentence.ts';
import type { Identities } from './identities.ts';
import { ownedFile, ownedFolder } from './owned-files.ts';

const databaseName = 'countersign';

export const roleOf = (process: ProcessName): string => `countersign_${process.replaceAll('-', '_')}`;
export const databaseUrlFile = (state: string, process: ProcessName): string => join(layout(state).processFolder(process), 'database.url');
export const ownerUrlFile = (state: string): string => join(layout(state).database, 'owner.url');
export const auditorUrlFile = (state: string): string => join(layout(state).database, 'auditor.url');

function urlFor(administrator: string, role: string, password: string): string {
  const url = new URL(administrator);
  url.username = role;
  url.password = password;
  url.pathname = `/${process.env['DATABASE_URL'] ? new URL(process.env['DATABASE_URL']).pathname.slice(1) || databaseName : databaseName}`;
  return url.href;
}

/** The password that a URL file already holds, so that a role keeps it while host and port may change. */
function keptPassword(file: string): string {
  if (!existsSync(file)) return randomBytes(24).toString('base64url');
  return decodeURIComponent(new URL(readSecretLine(file)).password);
}

/**
 * Makes the database and one login role a process, and writes each one's connection URL to a file that only its process
 * reads. Passwords are made once and set again at each start, so a lost or restored database mends itself.
 */
export function makeRoles(state: string, administrator: string, identities: Identities, progress: Progress): Promise<unknown> {
  return progress.step('database roles', async () => {
    const roles = [
      { role: 'countersign_owner', file: ownerUrlFile(state), owner: undefined },
      { role: 'countersign_auditor', file: auditorUrlFile(state), owner: undefined },
      ...processNames.map((name) => ({ role: roleOf(name), file: databaseUrlFile(state, name), owner: identities[name] })),
    ];
    ownedFolder(layout(state).database);
    const client = new Client({ connectionString: administrator });
    await client.connect().catch((error: Error) => {
      throw new Sentence(
        `PostgreSQL does not let the administrator in (${error.message}). ${process.env['DATABASE_URL'] ? 'Correct DATABASE_URL.' : 'Look into var/log/postgres.log.'}`,
      );
    });
    try {
      const known = new Set((await client.query<{ rolname: string }>('select rolname from pg_roles')).rows.map((row) => row.rolname));
      for (const { role, file, owner } of roles) {
        const password = keptPassword(file);
        // The statement would hold the password in clear in pg_stat_activity for a moment: only the verifier's form is sent.
        const verifier = scramVerifier(password);
        await client.query(
          `${known.has(role) ? 'alter' : 'create'} role ${role} login nosuperuser nocreatedb nocreaterole noinherit password '${verifier}'`,
        );
        if (owner) ownedFolder(join(file, '..'), owner);
        ownedFile(file, `${urlFor(administrator, role, password)}\n`, owner);
      }
      const target = new URL(urlFor(administrator, 'x', 'x')).pathname.slice(1);
      const exists = await client.query('select 1 from pg_database where datname = $1', [target]);
      if (exists.rowCount === 0) await client.query(`create database ${escapeIdentifier(target)} owner countersign_owner`);
      await client.query(`revoke connect, temporary on database ${escapeIdentifier(target)} from public`);
      await client.query(`grant connect on database ${escapeIdentifier(target)} to ${roles.map(({ role }) => role).join(', ')}`);
      // One's own database belongs to somebody else: the owner role gets what the embedded one has as its owner.
      if (process.env['DATABASE_URL'])
        await client.query(
          `grant create on database ${escapeIdentifier(target)} to countersign_owner; grant usage, create on schema public to countersign_owner`,
        );
    } finally {
      await client.end();
    }
    return undefined;
  });
}

/** PostgreSQL's stored form of a scram-sha-256 password (RFC 5802, RFC 7677; pg_authid.rolpassword). */
function scramVerifier(password: string): string {
  const salt = randomBytes(16);
  const iterations = 4096;
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const clientKey = createHmac('sha256', salted).update('Client Key').digest();
  const storedKey = createHash('sha256').update(clientKey).digest('base64');
  const serverKey = createHmac('sha256', salted).update('Server Key').digest('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}
