import { spawn } from 'node:child_process';
import { closeSync, existsSync, fstatSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { isRoot } from '../setup/identities.ts';
import type { Identity } from '../setup/identities.ts';
import { Sentence } from '../sentence.ts';
import { markOf } from './pids.ts';
import type { ProcessMark } from './pids.ts';

/** How one part is started, ended, and known to be ready. */
export type ChildSpec = {
  name: string;
  command: string;
  args: string[];
  cwd: string;
  /** The whole environment: nothing of the supervisor's is inherited. */
  env: Record<string, string>;
  identity: Identity;
  logFile: string;
  /** Ends it in good order. */
  endSignal: NodeJS.Signals;
  /** How long it may take to end before it is killed. */
  endMs: number;
  readyMs: number;
  /** Awaited before it is started. */
  before?: () => Promise<void>;
  /** True once it serves. `logged` is what it wrote since this start. */
  isReady: (logged: () => string) => Promise<boolean>;
};

/** A part that runs: what it is known by, how to signal it, and how it ended (resolves once it has). */
export type Running = { mark: ProcessMark; signal: (signal: NodeJS.Signals) => void; ended: Promise<string> };

/** Anything that a supervisor can keep alive: one process, or a domain controller with its many. */
export type Part = {
  name: string;
  logFile: string;
  /** Starts it and resolves when it serves; `spawned` hears of it before that, so that it can be recorded. */
  launch(spawned: (running: Running) => void): Promise<Running>;
  /** Ends it in good order. Answers whether it went by itself. */
  end(running: Running): Promise<boolean>;
  /** True for what the processes stand on: it ends after them, in the reverse order of starting. */
  foundation: boolean;
};

/** A log beyond this is set aside when its part starts; one older is kept. */
const largestLog = 20e6;

/**
 * Starts a part as its own user, with its own environment and its output in its log (from `from` on). `setpriv` (util-linux) adds what
 * spawn cannot: no new privileges, and the end of the child when the supervisor dies of kill -9.
 */
function spawnChild(spec: ChildSpec): { running: Running; from: number } {
  if (existsSync(spec.logFile) && statSync(spec.logFile).size > largestLog) renameSync(spec.logFile, `${spec.logFile}.1`);
  const log = openSync(spec.logFile, 'a', 0o640);
  const from = fstatSync(log).size;
  const setpriv = '/usr/bin/setpriv';
  const wrapped = existsSync(setpriv)
    ? { command: setpriv, args: ['--no-new-privs', '--pdeathsig', spec.endSignal.replace('SIG', ''), spec.command, ...spec.args] }
    : { command: spec.command, args: spec.args };
  const child = spawn(wrapped.command, wrapped.args, {
    cwd: spec.cwd,
    env: spec.env,
    stdio: ['ignore', log, log],
    // Its own process group: a Ctrl-C in the terminal reaches the supervisor alone, which then ends its parts in order.
    detached: true,
    ...(isRoot() ? { uid: spec.identity.uid, gid: spec.identity.gid } : {}),
  });
  closeSync(log);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`));
  });
  const mark = child.pid === undefined ? undefined : markOf(spec.name, child.pid);
  const running: Running = {
    mark: mark ?? { name: spec.name, pid: child.pid ?? -1, startTime: 'ended' },
    signal: (signal) => void child.kill(signal),
    ended,
  };
  return { running, from };
}

/** The last words of a log, for the sentence that says why a part did not start. */
export function lastWords(logFile: string, from = 0): string {
  const text = readFileSync(logFile).subarray(from).toString('utf8').trimEnd();
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !/^\s+at /.test(line) && !/^Node\.js v/.test(line));
  const told =
    lines.toReversed().find((line) => /error|fatal|refus|must|missing|cannot|denied/i.test(line)) ?? lines.at(-1) ?? 'it said nothing';
  return (messageOf(told) ?? told).trim().slice(0, 400);
}

function messageOf(line: string): string | undefined {
  try {
    const entry = JSON.parse(line) as { msg?: string; err?: { message?: string } };
    return entry.err?.message ?? entry.msg;
  } catch {
    return undefined;
  }
}

/** Starts a process and waits until it serves. Throws one sentence with its last words when it ends or stays silent. */
async function startChild(spec: ChildSpec, spawned: (running: Running) => void): Promise<Running> {
  await spec.before?.();
  const { running, from } = spawnChild(spec);
  spawned(running);
  let end: string | undefined;
  void running.ended.then((how) => (end = how));
  const deadline = Date.now() + spec.readyMs;
  const logged = () => readFileSync(spec.logFile).subarray(from).toString('utf8');
  for (;;) {
    if (end !== undefined)
      throw new Sentence(`${spec.name} did not start (${end}): ${lastWords(spec.logFile, from)} All it said is in ${spec.logFile}.`);
    if (await spec.isReady(logged)) return running;
    if (Date.now() > deadline) {
      running.signal('SIGKILL');
      throw new Sentence(
        `${spec.name} was not ready within ${spec.readyMs / 1000} s: ${lastWords(spec.logFile, from)} All it said is in ${spec.logFile}.`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

/** Ends a process in good order, or by kill -9 once its time is over. */
async function endChild(spec: ChildSpec, running: Running): Promise<boolean> {
  let inTime = true;
  const late = setTimeout(() => {
    inTime = false;
    running.signal('SIGKILL');
  }, spec.endMs);
  running.signal(spec.endSignal);
  await running.ended;
  clearTimeout(late);
  return inTime;
}

/** A single process as a part of the stack. */
export function childPart(spec: ChildSpec, foundation = false): Part {
  return {
    name: spec.name,
    logFile: spec.logFile,
    foundation,
    launch: (spawned) => startChild(spec, spawned),
    end: (running) => endChild(spec, running),
  };
}

/** Ready when the process logged the line {"msg":"ready"}. */
export async function saidReady(logged: () => string): Promise<boolean> {
  return logged().includes('"msg":"ready"');
}
