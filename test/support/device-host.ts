import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runCommand, type CommandOptions, type CommandResult } from '#ops/run-command.ts';
import type { Machine } from './two-networks.ts';

/**
 * A computer of a test's own, as far as its programs can see: on a wire, with processes, a host name and a root of its own, which shows this
 * machine's files and keeps what is changed in them to itself (an overlay in memory). SSSD has fixed paths; so two of it need two roots.
 */
export interface Host extends Machine {
  name: string;
  /** Runs a command there to its end. */
  run: (command: readonly string[], options?: CommandOptions) => Promise<CommandResult>;
  /** The same, and throws what it said when it fails. */
  must: (command: readonly string[], options?: CommandOptions) => Promise<string>;
  /** Starts a command there that stays. */
  start: (command: readonly string[], env?: NodeJS.ProcessEnv) => ChildProcess;
  /** Where one of its files is, seen from here. */
  path: (file: string) => string;
  read: (file: string) => string;
  write: (file: string, text: string, mode?: number) => void;
  /** Ends everything that runs there, and forgets its files. */
  remove: () => void;
}

const PATH = '/usr/sbin:/usr/bin:/sbin:/bin';

/** Standard output says `up` when the root is this one's own. The last command has to reap whatever is left to it: with SIGCHLD ignored the kernel does. */
const FIRST_PROCESS = `set -e
mount --make-rprivate /
mount -t tmpfs -o size=1g,mode=755 tmpfs "$0"
mkdir "$0/upper" "$0/work" "$0/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$0/upper,workdir=$0/work" "$0/root"
cd "$0/root"
mount -t proc proc proc
mount -t sysfs sysfs sys
mount --rbind /dev dev
mount -t tmpfs -o mode=755 tmpfs run
hostname "$1"
mkdir -p mnt/before
pivot_root . mnt/before
umount -l /mnt/before
trap '' CHLD
echo up
exec sleep infinity`;

/** The computer of this name on this machine of a wire. Needs root. */
export async function hostOn(machine: Machine, name: string): Promise<Host> {
  const folder = mkdtempSync(join('/tmp', 'cs-host-'));
  // It ends with this process, however this one ends.
  const ending = ['--pdeathsig', 'KILL', 'ip', ...machine.there, 'unshare', '--kill-child'];
  const first = spawn('setpriv', [...ending, '-m', '-u', '-i', '-p', '-f', 'sh', '-c', FIRST_PROCESS, folder, name], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH },
  });
  const pid = await firstProcess(first);
  first.unref();
  const enter = ['-t', String(pid), '-m', '-u', '-i', '-n', '-p', '-r', '-w', '--'];
  const path = (file: string): string => `/proc/${pid}/root${file}`;
  const run: Host['run'] = (command, options = {}) =>
    runCommand('nsenter', [...enter, ...command], { ...options, env: { PATH, LC_ALL: 'C', ...options.env } });
  return {
    ...machine,
    name,
    run,
    async must(command, options) {
      const { code, stdout, stderr } = await run(command, options);
      if (code !== 0) throw new Error(`${command.join(' ')} on ${name}: ${code} ${stdout}${stderr}`);
      return stdout;
    },
    start: (command, env = {}) =>
      spawn('nsenter', [...enter, ...command], { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH, LC_ALL: 'C', ...env } }),
    path,
    read: (file) => readFileSync(path(file), 'utf8'),
    write(file, text, mode = 0o644) {
      mkdirSync(dirname(path(file)), { recursive: true });
      writeFileSync(path(file), text, { mode });
    },
    remove() {
      try {
        // The first process of a PID namespace takes all others with it.
        process.kill(pid, 'SIGKILL');
      } catch {
        // It is gone already.
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Its number as this machine counts. */
function firstProcess(parent: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = '';
    parent.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    parent.once('exit', (code) => reject(new Error(`the host did not come up: ${code} ${said}`)));
    parent.stdout?.once('data', () => {
      const children = readFileSync(`/proc/${parent.pid}/task/${parent.pid}/children`, 'utf8').trim().split(' ');
      resolve(Number(children[0]));
    });
  });
}
