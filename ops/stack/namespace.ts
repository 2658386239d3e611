import { existsSync, mkdirSync, statSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from '../paths.ts';
import { Sentence } from '../sentence.ts';
import { isRoot } from '../setup/identities.ts';

const mark = 'COUNTERSIGN_OWN_MOUNTS';

/** The outermost folder above `path` (itself included) that other users cannot enter; undefined when they can reach it. */
export function barrierAbove(path: string): string | undefined {
  const above: string[] = [];
  for (let at = path; at !== dirname(at); at = dirname(at)) above.push(at);
  return above.toReversed().find((folder) => existsSync(folder) && (statSync(folder).mode & 0o001) === 0);
}

/**
 * A checkout under a closed folder, such as root's home, cannot be reached by the processes' own users. Then the command
 * runs again in a mount namespace of its own (unshare(1)), where an empty, open folder lies over the closed one and the
 * checkout and the state folder appear in it under the same paths. The machine's own view is not changed, and what else
 * the closed folder holds stays hidden from the processes. Does not return when it runs again; returns at once otherwise.
 */
export async function runWhereUsersCanReach(state: string): Promise<void> {
  if (!isRoot() || process.env[mark]) return;
  requireReadableCheckout();
  const barriers = [barrierAbove(dirname(root)), barrierAbove(dirname(state))].filter((one) => one !== undefined);
  if (barriers.length === 0) return;
  mkdirSync(state, { recursive: true });
  const outermost = withoutNested([...new Set(barriers)]);
  const kept = withoutNested([root, state].filter((path) => outermost.some((barrier) => path.startsWith(`${barrier}/`))));
  process.exit(await again(outermost, kept));
}

/** A clone made with umask 077 cannot be read by the processes' users, wherever it is mounted. */
function requireReadableCheckout(): void {
  const readable = (path: string, bits: number) => (statSync(join(root, path)).mode & bits) === bits;
  if (readable('.', 0o005) && readable('config.ts', 0o004) && readable('ops', 0o005)) return;
  throw new Sentence(`The processes' own users cannot read ${root}. Run: chmod -R a+rX ${root}`);
}

/** Leaves out what lies in another one of the list. */
const withoutNested = (paths: string[]): string[] =>
  paths.filter((path) => !paths.some((other) => other !== path && path.startsWith(`${other}/`)));

/** Arguments: number of closed folders and they, number of paths to keep and they, then the command. */
const script = `
set -e
store=$(mktemp -d /run/countersign.XXXXXX)
mount --make-rprivate /
mount -t tmpfs -o mode=0700 tmpfs "$store"
closed=$1; shift
i=0
while [ $i -lt $closed ]; do eval "closed$i=\\$1"; shift; i=$((i + 1)); done
kept=$1; shift
i=0
while [ $i -lt $kept ]; do
  mkdir "$store/$i"; mount --rbind "$1" "$store/$i"; eval "path$i=\\$1"; shift; i=$((i + 1))
done
i=0
while [ $i -lt $closed ]; do eval "folder=\\$closed$i"; mount -t tmpfs -o mode=0755 tmpfs "$folder"; i=$((i + 1)); done
i=0
while [ $i -lt $kept ]; do
  eval "path=\\$path$i"; mkdir -p "$path"; mount --rbind "$store/$i" "$path"; i=$((i + 1))
done
umount -l "$store" && rmdir "$store"
cd "$PWD_INSIDE" 2>/dev/null || cd /
exec "$@"
`;

function again(closed: string[], kept: string[]): Promise<number> {
  const command = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const child = spawn(
    'unshare',
    ['--mount', 'sh', '-c', script, 'sh', String(closed.length), ...closed, String(kept.length), ...kept, ...command],
    {
      stdio: 'inherit',
      env: { ...process.env, [mark]: '1', PWD_INSIDE: process.cwd() },
    },
  );
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.once('error', () => resolve(1));
    child.once('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
}

/** True in the second run: what the first one prepared is there. */
export const startedAgain = (): boolean => process.env[mark] === '1';
