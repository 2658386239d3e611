import { randomBytes } from 'node:crypto';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after } from 'node:test';
import { Client } from 'pg';
import { readSecretLine } from '#config';
import { openDatabase, type Database } from '#db';
import { root } from '#ops/paths.ts';
import { freePort } from '#ops/stack/ports.ts';
import { postgresBinaries, superuserPasswordFile } from '#ops/setup/postgres-data.ts';
import { ownerUrlFile } from '#ops/setup/database-roles.ts';
import { migrate } from '#prisma/migrate.ts';

const roles = ['owner', 'api', 'worker', 'verifier', 'writer_staff', 'writer_privileged', 'notary', 'auditor'] as const;

export interface TestDatabase {
  /** A client with the rights of one process, as prisma/grants.sql gives them. `superuser` may do anything. */
  as(role: (typeof roles)[number] | 'superuser'): Database;
  /** Of the superuser. */
  url: string;
  /** For a process that connects by itself, with the rights of one role. */
  urlOf(role: (typeof roles)[number]): string;
}

/**
 * An empty database with all tables and grants for one test file: in the PostgreSQL of its lane (COUNTERSIGN_TEST_FOLDER
 * names the state folder), or in a server of its own that ends with the file when it runs by itself.
 */
export async function useDatabase(): Promise<TestDatabase> {
  const database = await openTestDatabase();
  after(() => database.close());
  return database;
}

/** The same for whoever closes it. */
export async function openTestDatabase(): Promise<TestDatabase & { close: () => Promise<void> }> {
  const state = process.env['COUNTERSIGN_TEST_FOLDER'];
  const { superuser, stop } = state ? { superuser: superuserOf(state), stop: undefined } : await ownServer();
  const name = `test_${randomBytes(6).toString('hex')}`;
  await run(superuser, [`create database ${name} template ${await template(superuser)}`]);
  const url = new URL(superuser);
  url.pathname = `/${name}`;

  const urlOf = (role: (typeof roles)[number]): string => {
    const mine = new URL(url);
    mine.searchParams.set('options', `-c role=countersign_${role}`);
    return mine.href;
  };
  const open: Database[] = [];
  return {
    async close() {
      await Promise.all(open.map((db) => db.$disconnect()));
      await (stop ? stop() : run(superuser, [`drop database ${name} with (force)`]));
    },
    url: url.href,
    urlOf,
    as(role) {
      const db = openDatabase(role === 'superuser' ? url.href : urlOf(role), 10);
      open.push(db);
      return db;
    },
  };
}

/** The database that all others are copies of: migrations take seconds, a copy takes a fraction of one. Made once in a server. */
async function template(superuser: string): Promise<string> {
  const name = `template_${randomBytes(6).toString('hex')}`;
  const client = new Client({ connectionString: superuser });
  await client.connect();
  try {
    // Held by this connection: a second file that runs at the same time waits, and finds it made.
    await client.query('SELECT pg_advisory_lock(7206099)');
    const { rows } = await client.query<{ name: string }>(
      `SELECT datname AS name FROM pg_database WHERE datname ~ '^template_[0-9a-f]{12}$'`,
    );
    if (rows[0]) return rows[0].name;
    await client.query(`create database unfinished_${name}`);
    const url = new URL(superuser);
    url.pathname = `/unfinished_${name}`;
    await migrate(url.href);
    await run(url.href, [readFileSync(join(root, 'prisma/grants.sql'), 'utf8')]);
    await client.query(`alter database unfinished_${name} rename to ${name}`);
    return name;
  } finally {
    await client.end();
  }
}

function superuserOf(state: string): string {
  const url = new URL(readSecretLine(ownerUrlFile(state)));
  url.username = 'postgres';
  url.password = readSecretLine(superuserPasswordFile(state));
  url.pathname = '/postgres';
  return url.href;
}

/** Loopback TCP with trust, for as long as the test file runs. PostgreSQL refuses to run as root, so it runs as nobody then. */
async function ownServer(): Promise<{ superuser: string; stop: () => Promise<void> }> {
  const folder = mkdtempSync('/tmp/countersign-database-');
  const data = join(folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  if (nobody.uid) for (const path of [folder, data]) chownSync(path, nobody.uid, nobody.gid);
  const options = { ...nobody, cwd: folder, env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' } };
  const made = spawnSync(
    join(postgresBinaries, 'initdb'),
    ['-D', data, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'],
    options,
  );
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr.toString().trim()}`);
  const port = await freePort();
  const args = [
    '-D',
    data,
    '-p',
    String(port),
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    'unix_socket_directories=',
    '-c',
    'fsync=off',
    '-c',
    'max_connections=60',
  ];
  const server: ChildProcess = spawn(join(postgresBinaries, 'postgres'), args, { ...options, stdio: 'ignore' });
  const stop = async (): Promise<void> => {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGQUIT');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  for (let tries = 0; ; tries++) {
    try {
      await run(
        url,
        roles.map((role) => `create role countersign_${role} login`),
      );
      return { superuser: url, stop };
    } catch (error) {
      if (tries > 100) {
        await stop();
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function run(url: string, statements: string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
