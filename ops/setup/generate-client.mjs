// Generates the database client from prisma/schema.prisma, unless the one that is there came from the same schema. Plain
// JavaScript, because the command line itself imports the client: ops/bootstrap.mjs has to make it first.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const mark = join(root, 'prisma/generated/.schema-sha256');
const schemaHash = () =>
  createHash('sha256')
    .update(readFileSync(join(root, 'prisma/schema.prisma')))
    .digest('hex');

export const clientIsCurrent = () => existsSync(mark) && readFileSync(mark, 'utf8') === schemaHash();

/** Answers undefined when it is done, or one sentence. `node` is the Node 24 that runs the generator. */
export function generateClient(node) {
  // Generation needs no engine, but looks for its file: any file that exists will do, and nothing is downloaded.
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: process.env.HOME ?? '/tmp',
    PRISMA_SCHEMA_ENGINE_BINARY: node,
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
  };
  const result = spawnSync(node, [join(root, 'node_modules/prisma/build/index.js'), 'generate', '--schema', 'prisma/schema.prisma'], {
    cwd: root,
    env,
    encoding: 'utf8',
  });
  if (result.status !== 0)
    return `The database client could not be generated: ${`${result.stderr}${result.stdout}`.trim().split('\n').slice(-3).join(' ')}`;
  writeFileSync(mark, schemaHash());
  return undefined;
}
