import { spawn } from 'node:child_process';

/**
 * The programs that the agent may start: all there are. Arguments are fixed words and what the device's own root wrote (a domain, a realm, a
 * controller, a number of a user); what came from elsewhere goes through standard input. No shell is among them.
 */
const PROGRAMS = {
  ldbsearch: '/usr/bin/ldbsearch',
  ldbmodify: '/usr/bin/ldbmodify',
  sssd: '/usr/sbin/sssd',
  klist: '/usr/bin/klist',
  kinit: '/usr/bin/kinit',
  kdestroy: '/usr/bin/kdestroy',
  ldapsearch: '/usr/bin/ldapsearch',
  ldapmodify: '/usr/bin/ldapmodify',
  loginctl: '/usr/bin/loginctl',
} as const;

export type Program = keyof typeof PROGRAMS;

/** Files that are looked for before anything is promised. */
export const programFiles: readonly string[] = Object.values(PROGRAMS);

export interface Ended {
  /** -1: it could not be started, or was ended after its time. */
  code: number;
  stdout: string;
  stderr: string;
}

const MOST = 16 * 1024 * 1024;

/** Runs one of them to its end, for ten seconds at most. Never throws. */
export function runProgram(
  program: Program,
  args: readonly string[],
  { input = '', ticket }: { input?: string; ticket?: string } = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(PROGRAMS[program], args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      cwd: '/',
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', ...(ticket === undefined ? {} : { KRB5CCNAME: ticket }) },
    });
    const said: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
    let bytes = 0;
    const collect = (name: 'stdout' | 'stderr') => (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MOST) child.kill('SIGKILL');
      else said[name].push(chunk);
    };
    child.stdout.on('data', collect('stdout'));
    child.stderr.on('data', collect('stderr'));
    const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
    child.on('error', (error) => {
      clearTimeout(timer);
      resolve({ code: -1, stdout: '', stderr: error.message });
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({
        code: code ?? -1,
        stdout: Buffer.concat(said.stdout).toString('utf8'),
        stderr: Buffer.concat(said.stderr).toString('utf8'),
      });
    });
    // A program that ends before it read its input would raise EPIPE here; its exit code says enough.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}
