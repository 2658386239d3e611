import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readlinkSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Sentence } from '#ops/sentence.ts';
import { addressIsFree } from './free-address.ts';
import { directoryLayout, sambaConfig, type DirectoryLayout } from './samba-config.ts';

export type RunningDirectory = {
  /** The first of its processes. */
  pid: number;
  address: string;
  url: string;
  /** Every process of this controller that lives now. */
  pids: () => number[];
  /** Ends exactly what was started here, and returns when all of it is gone. */
  stop: () => Promise<void>;
};

/**
 * Starts the domain controller of a state folder and returns when LDAPS and Kerberos listen (about 0.3 s). What an
 * earlier start left behind is ended first, so it may be called after a kill -9. Each controller has its own
 * /run/samba: its sockets and pid files would collide there, whatever smb.conf says.
 */
export async function startDirectory(options: { stateDir: string; address: string }): Promise<RunningDirectory> {
  const { stateDir, address } = options;
  const layout = directoryLayout(join(stateDir, 'directory'));
  if (!existsSync(layout.database)) throw new Sentence('The demo domain is not set up yet. Run npm start.');
  await stopDirectory(stateDir);
  if (!(await becomesFree(address))) {
    throw new Sentence(
      `Another program listens on ${address} (ports 88, 389, 464 or 636). End it, or start again: the next start looks for a free address.`,
    );
  }
  writeFileSync(layout.config, sambaConfig(layout, address));

  const output = openSync(layout.output, 'a', 0o600);
  // No secret is in these arguments. Standard input is /dev/null: Samba ends when a pipe there closes.
  const command = 'mkdir -p /run/samba && mount -t tmpfs tmpfs /run/samba && exec /usr/sbin/samba -F --no-process-group -M prefork -s "$0"';
  const child = spawn('unshare', ['-m', 'sh', '-c', command, layout.config], {
    detached: true,
    stdio: ['ignore', output, output],
    // By this folder its processes are known again, whoever looks for them.
    cwd: layout.folder,
  });
  closeSync(output);
  const ended = new Promise<never>((_, reject) => {
    child.once('error', (error) => reject(new Sentence(`The domain controller could not be started: ${error.message}.`)));
    child.once('exit', () =>
      reject(
        new Sentence(
          `The domain controller ended at once. Its last words are in ${layout.output}; the kernel must allow mount namespaces (unshare -m).`,
        ),
      ),
    );
  });
  ended.catch(() => {});
  child.unref();
  try {
    await Promise.race([ended, untilListening(layout, address)]);
  } catch (error) {
    await stopDirectory(stateDir);
    throw error;
  }
  return {
    pid: child.pid ?? 0,
    address,
    url: `ldaps://${address}:636`,
    pids: () => directoryPids(stateDir),
    stop: () => stopDirectory(stateDir),
  };
}

/** A killed process lets its executable go, by which it is known, a moment before its sockets: on a busy machine that is seen. */
async function becomesFree(address: string): Promise<boolean> {
  for (let waited = 0; waited < 2000; waited += 50) {
    if (await addressIsFree(address)) return true;
    await sleep(50);
  }
  return false;
}

/** Ends the controller of this state folder, whoever started it, and returns when it is gone; nothing when there is none. */
export async function stopDirectory(stateDir: string): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    for (const pid of directoryPids(stateDir)) {
      try {
        process.kill(pid, signal);
      } catch {
        // It ended between the listing and the signal.
      }
    }
    for (let waited = 0; waited < 5000; waited += 25) {
      if (directoryPids(stateDir).length === 0) return;
      await sleep(25);
    }
  }
}

/**
 * Pids of the controller of this state folder that live now: every Samba whose working folder it is. Nothing is
 * remembered, so a crash between start and noting it down cannot lose one, and a reused pid cannot be mistaken.
 */
export function directoryPids(stateDir: string): number[] {
  const path = resolve(stateDir, 'directory');
  const folder = existsSync(path) ? realpathSync(path) : path;
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && isSamba(linkOf(entry, 'exe')) && worksIn(entry, folder))
    .map(Number);
}

/** Seen from a chroot, the links of a process in another mount namespace begin with the chroot's own path. */
function isSamba(executable: string): boolean {
  return withoutDeleted(executable).endsWith('/usr/sbin/samba');
}

/** The folder itself by device and inode, however it is spelled from there; by name when it was removed under it. */
function worksIn(pid: string, folder: string): boolean {
  if (withoutDeleted(linkOf(pid, 'cwd')) === folder) return true;
  try {
    const [theirs, ours] = [statSync(`/proc/${pid}/cwd`), statSync(folder)];
    return theirs.ino === ours.ino && theirs.dev === ours.dev;
  } catch {
    return false;
  }
}

/** proc(5) marks what was removed or replaced (by an upgrade, by an rm -r) while it is in use. */
function withoutDeleted(path: string): string {
  return path.replace(/ \(deleted\)$/, '');
}

/** Empty for a process that is gone, a zombie, or another person's. */
function linkOf(pid: string, name: 'exe' | 'cwd'): string {
  try {
    return readlinkSync(`/proc/${pid}/${name}`);
  } catch {
    return '';
  }
}

async function untilListening(layout: DirectoryLayout, address: string): Promise<void> {
  for (let waited = 0; waited < 30_000; waited += 50) {
    if ((await listens(address, 636)) && (await listens(address, 88))) return;
    await sleep(50);
  }
  throw new Sentence(`The domain controller did not answer within 30 s. Its last words are in ${layout.output}.`);
}

/** Whether something takes connections there. */
export function listens(host: string, port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect({ host, port });
    const answer = (yes: boolean) => {
      socket.destroy();
      done(yes);
    };
    socket
      .setTimeout(500, () => answer(false))
      .once('connect', () => answer(true))
      .once('error', () => answer(false));
  });
}
