import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { readSecretLine } from '#config';
import { root } from '../paths.ts';
import { already } from '../progress.ts';
import type { Progress } from '../progress.ts';
import { runCommand } from '../run-command.ts';
import { Sentence } from '../sentence.ts';
import { ownerUrlFile } from './database-roles.ts';

/** Generates the database client from schema.prisma, unless the one that is there came from the same schema. */
export function generateClient(progress: Progress): Promise<unknown> {
  return progress.step('database client', async () => {
    const hash = createHash('sha256').update(readFileSync(join(root, 'prisma/schema.prisma'))).digest('hex');
    const mark = join(root, 'prisma/generated/.schema-sha256');
    if (existsSync(mark) && readFileSync(mark, 'utf8') === hash) return already;
    // Generation needs no engine, but looks for its file: any file that exists will do, and nothing is downloaded.
    const env = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/tmp', PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: '1', PRISMA_HIDE_UPDATE_MESSAGE: '1' };
    const result = await runCommand(process.execPath, [join(root, 'node_modules/prisma/build/index.js'), 'generate', '--schema', 'prisma/schema.prisma'], { cwd: root, env });
    if (result.code !== 0) throw new Sentence(`prisma generate failed: ${(result.stderr || result.stdout).trim().split('\n').slice(-3).join(' ')}`);
    writeFileSync(mark, hash);
    return undefined;
  });
}

/** Brings the tables to this version, then sets the grants of every role anew (both are safe to repeat). */
export function migrateDatabase(state: string, progress: Progress): Promise<unknown> {
  return progress.step('tables and grants', async () => {
    const url = readSecretLine(ownerUrlFile(state));
    // Imported here: the engine is 3 MB of WebAssembly that other commands do not need.
    const { migrate } = await import('../../prisma/migrate.ts');
    const applied = await migrate(url).catch((error: Error) => {
      throw new Sentence(`A migration could not be applied: ${error.message.split('\n')[0]}. Nothing was started; the database is as it was after the last whole migration.`);
    });
    for (const name of applied) progress.note(`applied ${name}`);
    const grants = join(root, 'prisma/grants.sql');
    if (existsSync(grants)) {
      const client = new pg.Client({ connectionString: url });
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
