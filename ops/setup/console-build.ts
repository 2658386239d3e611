import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../paths.ts';
import { already } from '../progress.ts';
import type { Progress } from '../progress.ts';
import { runCommand } from '../run-command.ts';
import { Sentence } from '../sentence.ts';

/** What the console is built from; a change in any of them builds it again. */
const sources = ['admin-ui', 'domain', 'evidence', 'package-lock.json', 'tsconfig.json'];

function filesUnder(path: string): string[] {
  if (path.endsWith('.json')) return [path];
  return readdirSync(join(root, path), { withFileTypes: true })
    .filter((entry) => entry.name !== 'dist' && entry.name !== 'node_modules')
    .flatMap((entry) => (entry.isDirectory() ? filesUnder(join(path, entry.name)) : [join(path, entry.name)]));
}

function sourceHash(): string {
  const hash = createHash('sha256');
  for (const file of sources.flatMap(filesUnder).toSorted())
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0');
  return hash.digest('hex');
}

/** Builds the console's pages into admin-ui/dist, unless those there came from the same sources. */
export function buildConsole(progress: Progress): Promise<unknown> {
  return progress.step('pages of the console', async () => {
    const mark = join(root, 'admin-ui/dist/.source-sha256');
    const hash = sourceHash();
    if (existsSync(mark) && readFileSync(mark, 'utf8') === hash) return already;
    const env = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/tmp', NODE_ENV: 'production' };
    const result = await runCommand(
      process.execPath,
      [join(root, 'node_modules/vite/bin/vite.js'), 'build', 'admin-ui', '--outDir', 'dist', '--emptyOutDir', '--logLevel', 'warn'],
      { cwd: root, env },
    );
    if (result.code !== 0) {
      rmSync(mark, { force: true });
      throw new Sentence(
        `The console could not be built: ${
          (result.stderr || result.stdout)
            .trim()
            .split('\n')
            .find((line) => /error/i.test(line)) ?? 'vite said nothing'
        }`,
      );
    }
    writeFileSync(mark, hash);
    return undefined;
  });
}
