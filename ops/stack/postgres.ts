import { join } from 'node:path';
import { Client } from 'pg';
import { readSecretLine } from '#config';
import { layout } from '../paths.ts';
import type { Identity } from '../setup/identities.ts';
import { postgresBinaries, superuserPasswordFile } from '../setup/postgres-data.ts';
import type { ChildSpec } from './child.ts';
import { untilMemoryIsFree } from './postgres-memory.ts';

/** A connection URL of the server's administrator: of the embedded server, or the operator's own DATABASE_URL. */
export function superuserUrl(state: string, port: number): string {
  return process.env['DATABASE_URL'] ?? `postgres://postgres:${readSecretLine(superuserPasswordFile(state))}@127.0.0.1:${port}/postgres`;
}

/** True when the database answers a query. */
export async function databaseAnswers(url: string): Promise<boolean> {
  return (await databaseVersion(url)) !== undefined;
}

/** The version that the database says of itself, such as "18.4"; undefined when it does not answer a query. */
export async function databaseVersion(url: string): Promise<string | undefined> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ server_version: string }>('show server_version');
    return rows[0]?.server_version;
  } catch {
    return undefined;
  } finally {
    await client.end().catch(() => {});
  }
}

/**
 * The embedded server: loopback TCP only, no unix socket, no statement in its log (a statement may hold a sealed value).
 * SIGINT is PostgreSQL's fast shutdown: it ends sessions and writes a checkpoint. `counting`: it counts statements by their
 * text without values (pg_stat_statements), for our own tests of what a reset costs.
 */
export function postgresSpec(state: string, port: number, identity: Identity, counting = false): ChildSpec {
  const paths = layout(state);
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    password_encryption: 'scram-sha-256',
    max_connections: '80',
    shared_buffers: '128MB',
    logging_collector: 'off',
    log_statement: 'none',
    log_min_error_statement: 'panic',
    log_parameter_max_length_on_error: '0',
    log_error_verbosity: 'terse',
    ...(counting ? { shared_preload_libraries: 'pg_stat_statements' } : {}),
  };
  return {
    name: 'postgres',
    command: join(postgresBinaries, 'postgres'),
    args: ['-D', paths.postgres, '-p', String(port), ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`])],
    cwd: paths.postgres,
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
    identity,
    logFile: paths.log('postgres'),
    endSignal: 'SIGINT',
    endMs: 15_000,
    readyMs: 30_000,
    before: () => untilMemoryIsFree(paths.postgres),
    isReady: () => databaseAnswers(superuserUrl(state, port)),
  };
}
