import { spawn } from 'node:child_process';
import { existsSync, openSync, closeSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Sentence } from '#ops/sentence.ts';
import { addressIsFree } from './free-address.ts';
import { directoryLayout, sambaConfig, type DirectoryLayout } from './samba-config.ts';

export type RunningDirectory = {
  /** The first process; it leads a session of its own, which holds all the others. */
  pid: number;
  address: string;
  url: string;
  /** Every process of this controller that lives now. */
  pids: () => number[];
  /** Ends exactly what was started here, and returns when all of it is gone. */
  stop: () => Promise<void>;
};

type Recorded = { pid: number; startTicks: string };

/**
 * Starts the domain controller of a state folder and returns when LDAPS and Kerberos listen (about 3 s). What an
 * earlier start left behind is ended first, so it may be called after a kill -9. Each controller has its own
 * /run/samba: its sockets and pid files would collide there, whatever smb.conf says.
 */
export async function startDirectory(options: { stateDir: string; address: string }): Promise<RunningDirectory> {
  const { stateDir, address } = options;
  const layout = directoryLayout(join(stateDir, 'directory'));
  if (!existsSync(layout.database)) throw new Sentence('The demo domain is not set up yet. Run npm start.');
  await stopDirectory(stateDir);
  if (!(await addressIsFree(address)))
    throw new Sentence(
      `Another program listens on ${address} (ports 88, 389, 464 or 636). End it, or start again: the next start looks for a free address.`,
    );
  writeFileSync(layout.config, sambaConfig(layout, address));

  const output = openSync(layout.output, 'a', 0o600);
  // No secret is in these arguments. Standard input is /dev/null: Samba ends when a pipe there closes.
  const child = spawn(
    'unshare',
    [
      '-m',
      'sh',
      '-c',
      'mkdir -p /run/samba && mount -t tmpfs tmpfs /run/samba && exec /usr/sbin/samba -i -M prefork -s "$0"',
      layout.config,
    ],
    {
      detached: true,
      stdio: ['ignore', output, output],
      cwd: layout.folder,
    },
  );
  closeSync(output);
  const failed = new Promise<never>((_, reject) =>
    child.once('error', (error) => reject(new Sentence(`The domain controller could not be started: ${error.message}.`))),
  );
  failed.catch(() => {});
  const pid = child.pid;
  if (pid === undefined) return failed;
  child.unref();
  writeFileSync(layout.processFile, JSON.stringify({ pid, startTicks: statOf(pid)?.startTicks ?? '' } satisfies Recorded), { mode: 0o600 });
  try {
    await Promise.race([failed, untilListening(layout, pid, address)]);
  } catch (error) {
    await endSession(pid);
    throw error;
  }
  return { pid, address, url: `ldaps://${address}:636`, pids: () => sessionOf(pid), stop: () => stopDirectory(stateDir) };
}

/** Ends the controller of this state folder, whoever started it; nothing when there is none. */
export async function stopDirectory(stateDir: string): Promise<void> {
  const { processFile } = directoryLayout(join(stateDir, 'directory'));
  if (!existsSync(processFile)) return;
  const recorded = JSON.parse(readFileSync(processFile, 'utf8')) as Recorded;
  if (isStillThatSession(recorded)) await endSession(recorded.pid);
  rmSync(processFile, { force: true });
}

/** Pids of the controller of this state folder that live now. */
export function directoryPids(stateDir: string): number[] {
  const { processFile } = directoryLayout(join(stateDir, 'directory'));
  if (!existsSync(processFile)) return [];
  const recorded = JSON.parse(readFileSync(processFile, 'utf8')) as Recorded;
  return isStillThatSession(recorded) ? sessionOf(recorded.pid) : [];
}

/**
 * A session id stays taken while any process of the session lives, even after its leader was killed; so a live leader
 * must have the recorded start time, and without a leader every member must be a Samba process.
 */
function isStillThatSession({ pid, startTicks }: Recorded): boolean {
  const leader = statOf(pid);
  if (leader) return leader.startTicks === startTicks;
  return sessionOf(pid).every((member) => /samba|tfork|ldap|kdc/.test(statOf(member)?.name ?? 'samba'));
}

async function endSession(session: number): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    for (const pid of sessionOf(session)) {
      try {
        process.kill(pid, signal);
      } catch {
        // It ended between the listing and the signal.
      }
    }
    for (let waited = 0; waited < 5000; waited += 25) {
      if (sessionOf(session).length === 0) return;
      await sleep(25);
    }
  }
}

async function untilListening(layout: DirectoryLayout, pid: number, address: string): Promise<void> {
  for (let waited = 0; waited < 30_000; waited += 50) {
    if (sessionOf(pid).length === 0)
      throw new Sentence(
        `The domain controller ended at once. Its last words are in ${layout.output}; the kernel must allow mount namespaces (unshare -m).`,
      );
    if ((await listens(address, 636)) && (await listens(address, 88))) return;
    await sleep(50);
  }
  throw new Sentence(`The domain controller did not answer within 30 s. Its last words are in ${layout.output}.`);
}

function listens(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const answer = (yes: boolean) => {
      socket.destroy();
      resolve(yes);
    };
    socket
      .setTimeout(500, () => answer(false))
      .once('connect', () => answer(true))
      .once('error', () => answer(false));
  });
}

function sessionOf(session: number): number[] {
  const members: number[] = [];
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = statOf(Number(entry));
    if (stat?.session === session) members.push(Number(entry));
  }
  return members;
}

/** One process as proc(5) tells, or undefined when it is gone or a zombie. */
function statOf(pid: number): { name: string; session: number; startTicks: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const name = text.slice(text.indexOf('(') + 1, text.lastIndexOf(')'));
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    return { name, session: Number(fields[3]), startTicks: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}
