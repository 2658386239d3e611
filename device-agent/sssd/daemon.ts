import { readdirSync, readFileSync } from 'node:fs';
import { runProgram } from '../programs.ts';

const PID_FILE = '/run/sssd.pid';

/** Tells SSSD to leave its offline state (sssd(8), SIGUSR2). By itself it would take a minute or more after a VPN came up. False where none runs. */
export function goOnline(): boolean {
  const pid = sssdPid();
  if (pid === undefined) return false;
  process.kill(pid, 'SIGUSR2');
  return true;
}

/** Its version, as it says; null when it cannot be asked. */
export async function sssdVersion(): Promise<string | null> {
  const { code, stdout } = await runProgram('sssd', ['--version']);
  return code === 0 ? (/^\d+(\.\d+)*/.exec(stdout)?.[0] ?? null) : null;
}

/**
 * Whether SSSD keeps this account's password in clear, to log in by itself as soon as it is online (krb5_store_password_if_offline). It is in a
 * key of the kernel that SSSD alone possesses; that it exists can be seen.
 */
export function storesPassword(name: string): boolean {
  try {
    return readFileSync('/proc/keys', 'utf8')
      .split('\n')
      .some((line) => / user +(.*): \d+$/.exec(line)?.[1] === name);
  } catch {
    return false;
  }
}

/**
 * Makes SSSD forget for whom it meant to try a stored password: that is in the memory of the domain's backend, which its monitor starts again
 * at once. The key itself nobody else can remove (its permissions let others than its possessor see it and no more); it is used no more.
 */
export function restartBackend(domain: string): boolean {
  const parent = sssdPid();
  if (parent === undefined) return false;
  for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const [program = '', ...args] = about(pid, 'cmdline').split('\0');
    if (!program.endsWith('/sssd_be') || args[args.indexOf('--domain') + 1] !== domain) continue;
    if (Number(/^PPid:\t(\d+)$/m.exec(about(pid, 'status'))?.[1]) !== parent) continue;
    process.kill(Number(pid), 'SIGTERM');
    return true;
  }
  return false;
}

function sssdPid(): number | undefined {
  try {
    const pid = readFileSync(PID_FILE, 'utf8').trim();
    // A file that was left behind may name a process of somebody else by now.
    return /^\d+$/.test(pid) && about(pid, 'comm').trim() === 'sssd' ? Number(pid) : undefined;
  } catch {
    return undefined;
  }
}

function about(pid: string, file: 'cmdline' | 'status' | 'comm'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

/** The address of the controller that SSSD uses for logins, as it tells libkrb5 (sssd_krb5_locator_plugin(8)); undefined where it says none. */
export function loginController(realm: string): string | undefined {
  try {
    const [first = ''] = readFileSync(`/var/lib/sss/pubconf/kdcinfo.${realm}`, 'utf8').split('\n');
    return /^[0-9A-Fa-f.:]+$/.test(first) ? first.replace(/^([\d.]+):\d+$/, '$1') : undefined;
  } catch {
    return undefined;
  }
}
