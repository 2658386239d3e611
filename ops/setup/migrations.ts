import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { readSecretLine } from '#config';
import { root } from '../paths.ts';
import { already } from '../progress.ts';
import type { Progress } from '../progress.ts';
import { Sentence } from '../sentence.ts';
import { ownerUrlFile } from './database-roles.ts';

/** Brings the tables to this version, then sets the grants of every role anew (both are safe to repeat). */
export function migrateDatabase(state: string, progress: Progress): Promise<unknown> {
  return progress.step('tables and grants', async () => {
    const url = readSecretLine(ownerUrlFile(state));
    // Imported here: the engine is 3 MB of WebAssembly that other commands do not need.
    const { migrate } = await import('../../prisma/migrate.ts');
    const applied = await migrate(url).catch((error: Error) => {
      throw new Sentence(
        `A migration could not be applied: ${error.message.split('\n')[0]}. Nothing was started; the database is as it was after the last whole migration.`,
      );
    });
    for (const name of applied) progress.note(`applied ${name}`);
    const grants = join(root, 'prisma/grants.sql');
    if (existsSync(grants)) {
      const client = new Client({ connectionString: url });
      await client.connect();
      try {
        await client.query(`begin; ${readFileSync(grants, 'utf8')}; commit;`);
      } finally {
        await client.end();
      }
    }
    return applied.length === 0 ? already : applied;
  });
}
