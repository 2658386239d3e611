import { copyFileSync, existsSync, linkSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { layout, root } from '../paths.ts';
import { already } from '../progress.ts';
import type { Progress } from '../progress.ts';
import { runCommand } from '../run-command.ts';
import { Sentence } from '../sentence.ts';
import { markOf, waitForEnd } from '../stack/pids.ts';
import { ownedFolder } from './owned-files.ts';

export const cliVersion = '1.8.2';
export const serverVersion = '1.32.1';

/** The binary that the processes run: under the state folder, because a service user cannot enter root's home. */
export const temporalBinary = (state: string): string => join(layout(state).bin, `temporal-${cliVersion}-${serverVersion}`);

/** What a binary says of itself: the versions of the command line and of the server in it. */
export async function temporalVersions(binary: string): Promise<{ cli: string; server: string } | undefined> {
  const said = await runCommand(binary, ['--version'], { timeoutMs: 10_000, env: { PATH: '/usr/bin:/bin', HOME: '/nonexistent' } });
  const match = /temporal version (\S+) \(Server ([^\s,]+)/.exec(said.stdout);
  return match?.[1] && match[2] ? { cli: match[1], server: match[2] } : undefined;
}

const atLeast = (version: string, wanted: string): boolean => version.localeCompare(wanted, 'en', { numeric: true }) >= 0;

/** True for a command line of 1.8.2 or newer with a server of 1.32 or newer; older ones lack what resets rely on. */
export async function isWanted(binary: string): Promise<boolean> {
  if (!existsSync(binary)) return false;
  const versions = await temporalVersions(binary);
  return versions !== undefined && atLeast(versions.cli, cliVersion) && atLeast(versions.server, '1.32');
}

/** The search that a first start began beside npm's work (ops/bootstrap.mjs); waited for, so that two never build at once. */
async function earlierSearch(progress: Progress): Promise<void> {
  const pid = Number(process.env['COUNTERSIGN_TEMPORAL_SEARCH'] ?? 0);
  let search = pid > 0 ? markOf('search', pid) : undefined;
  const began = Number(process.env['COUNTERSIGN_BEGAN'] ?? Date.now());
  while (search) {
    [search] = await waitForEnd([search], 15_000);
    if (!search) return;
    progress.note(
      `it is being fetched or built since ${Math.round((Date.now() - began) / 1000)} s (a build takes 240 s on two idle cores)`,
    );
  }
}

async function find(progress: Progress): Promise<string> {
  await earlierSearch(progress);
  let last = '';
  const onLine = (line: string) => {
    if (line.startsWith('/')) return;
    last = line;
    progress.note(line);
  };
  const found = await runCommand(process.execPath, [join(root, 'ops/setup/find-temporal.mjs')], { env: process.env, onLine });
  if (found.code !== 0) throw new Sentence(last);
  return found.stdout.trim();
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
