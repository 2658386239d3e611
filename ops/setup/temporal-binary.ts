import { copyFileSync, existsSync, linkSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { layout } from '../paths.ts';
import { already } from '../progress.ts';
import type { Progress } from '../progress.ts';
import { runCommand } from '../run-command.ts';
import { Sentence } from '../sentence.ts';
import { ownedFolder } from './owned-files.ts';
import { buildTemporal } from './temporal-build.ts';
import { downloadTemporal } from './temporal-download.ts';

export const cliVersion = '1.8.2';
export const serverVersion = '1.32.1';

/** The binary that the processes run: under the state folder, because a service user cannot enter root's home. */
export const temporalBinary = (state: string): string => join(layout(state).bin, `temporal-${cliVersion}-${serverVersion}`);

/** The project's own cache in the user's cache folder, so that a fresh clone finds it. */
export function temporalCache(): string {
  const base = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return join(base, 'countersign', 'temporal', `${cliVersion}-server-${serverVersion}`, 'temporal');
}

/** What a binary says of itself: the versions of the command line and of the server in it. */
export async function temporalVersions(binary: string): Promise<{ cli: string; server: string } | undefined> {
  const said = await runCommand(binary, ['--version'], { timeoutMs: 10_000, env: { PATH: '/usr/bin:/bin', HOME: '/nonexistent' } });
  const match = /temporal version (\S+) \(Server (\S+?),/.exec(said.stdout);
  return match?.[1] && match[2] ? { cli: match[1], server: match[2] } : undefined;
}

const atLeast = (version: string, wanted: string): boolean => version.localeCompare(wanted, 'en', { numeric: true }) >= 0;

/** True for a command line of 1.8.2 or newer with a server of 1.32 or newer; older ones lack what resets rely on. */
export async function isWanted(binary: string): Promise<boolean> {
  if (!existsSync(binary)) return false;
  const versions = await temporalVersions(binary);
  return versions !== undefined && atLeast(versions.cli, cliVersion) && atLeast(versions.server, '1.32');
}

async function find(progress: Progress): Promise<string> {
  const named = process.env['TEMPORAL_CLI'];
  if (named) {
    if (await isWanted(named)) return named;
    throw new Sentence(`TEMPORAL_CLI names ${named}, which is not a temporal command line >= ${cliVersion} with server >= 1.32. Name another, or unset it.`);
  }
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const candidate = join(folder, 'temporal');
    if (folder && (await isWanted(candidate))) return candidate;
  }
  const cached = temporalCache();
  if (await isWanted(cached)) return cached;
  mkdirSync(join(cached, '..'), { recursive: true });
  const downloaded = await downloadTemporal(cached, progress);
  if (!downloaded || !(await isWanted(cached))) {
    rmSync(cached, { force: true });
    await buildTemporal(cached, progress);
  }
  if (!(await isWanted(cached))) throw new Sentence(`${cached} does not run. Delete it and run the same command again.`);
  return cached;
}

/** Puts the Temporal server in place: TEMPORAL_CLI, PATH, the project's cache, the official download, or a build with Go. */
export function placeTemporal(state: string, progress: Progress): Promise<unknown> {
  return progress.step(`Temporal server ${serverVersion}`, async () => {
    const target = temporalBinary(state);
    if (await isWanted(target)) return already;
    const source = await find(progress);
    ownedFolder(layout(state).bin, undefined, 0o755);
    rmSync(`${target}.new`, { force: true });
    try {
      linkSync(source, `${target}.new`);
    } catch {
      // Another file system, or a link that may not be made: a copy serves as well.
      copyFileSync(source, `${target}.new`);
    }
    renameSync(`${target}.new`, target);
    return undefined;
  });
}
