import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { directoryPackages } from '../directory/provision.ts';
import { already } from '../progress.ts';
import type { Progress } from '../progress.ts';
import { runCommand } from '../run-command.ts';
import { Sentence } from '../sentence.ts';
import { isRoot } from './identities.ts';

/** What the demo's domain controller and its checks need of Debian. */
const forDemo = [...directoryPackages, 'ldb-tools', 'ldap-utils', 'iproute2'];
/** What the tests need besides: a browser, strace, which makes system calls fail, a receiver of syslog over TLS, and what others made to write and check tokens and their files, a smart card in software with the program that asks it, what shows it to the browser on a screen that nobody looks at, what makes a network namespace a member of the domain, with SSSD on it, and terminals, a shell server and a packet filter for the login screen. */
const forTests = [
  'chromium',
  'strace',
  'rsyslog',
  'rsyslog-openssl',
  'oathtool',
  'pskctool',
  'python3-pskc',
  'python3-cryptography',
  'xmlsec1',
  'softhsm2',
  'opensc',
  'libnss3-tools',
  'xvfb',
  'xdotool',
  'sssd-ad',
  'sssd-tools',
  'libpam-sss',
  'libnss-sss',
  'pamtester',
  'dbus',
  'libpam-systemd',
  'adcli',
  'libsasl2-modules-gssapi-mit',
  'keyutils',
  'tmux',
  'xterm',
  'openssh-server',
  'openssh-client',
  'nftables',
];
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

function installed(): Set<string> {
  const names = new Set<string>();
  const status = existsSync('/var/lib/dpkg/status') ? readFileSync('/var/lib/dpkg/status', 'utf8') : '';
  for (const paragraph of status.split('\n\n')) {
    const name = /^Package: (.+)$/m.exec(paragraph)?.[1];
    if (name && /^Status: install ok installed$/m.test(paragraph)) names.add(name);
  }
  return names;
}

/** The Debian packages that the demo, and with `tests` the tests, would still need. */
export function missingPackages(tests: boolean): string[] {
  const have = installed();
  return [...forDemo, ...(tests ? forTests : [])].filter((name) => !have.has(name));
}

async function agree(missing: string[], yes: boolean): Promise<void> {
  if (yes || !process.stdin.isTTY) return;
  const ask = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await ask.question(`  These Debian packages are missing: ${missing.join(', ')}.\n  Install them with apt-get? [Y/n] `);
  ask.close();
  if (/^n/i.test(answer.trim()))
    throw new Sentence(
      `Nothing was installed. Install them yourself (apt-get install ${missing.join(' ')}), or use your own directory: npm start -- --directory <settings file>.`,
    );
}

/** Debian starts what it installs; a Samba that listens on every address is not wanted. policy-rc.d is its own way to say so. */
async function withoutStartingServices<T>(work: () => Promise<T>): Promise<T> {
  const policy = '/usr/sbin/policy-rc.d';
  if (existsSync(policy)) return work();
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  const interrupted = () => {
    rmSync(policy, { force: true });
    process.exit(130);
  };
  for (const signal of signals) process.once(signal, interrupted);
  try {
    return await work();
  } finally {
    for (const signal of signals) process.off(signal, interrupted);
    rmSync(policy, { force: true });
  }
}

/** Installs the Debian packages that are missing: says which, asks on a terminal unless `yes`. Needs root and apt only when some are. */
export function installPackages(options: { tests: boolean; yes: boolean }, progress: Progress): Promise<unknown> {
  return progress.step('Debian packages', async () => {
    const missing = missingPackages(options.tests);
    if (missing.length === 0) return already;
    const list = missing.join(' ');
    const own = 'With your own directory nothing needs root: npm start -- --directory <settings file>.';
    if (!existsSync('/usr/bin/apt-get'))
      throw new Sentence(`The demo's domain controller needs Samba, and this system has no apt to install it. Debian 12 has it. ${own}`);
    if (!isRoot())
      throw new Sentence(
        `The demo needs Debian packages that only root can install. Run as root: apt-get install --no-install-recommends ${list}. ${own}`,
      );
    await agree(missing, options.yes);
    progress.note(`installing ${list}`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
    const started = Date.now();
    const beat = setInterval(() => progress.note(`apt-get is still at it, ${Math.round((Date.now() - started) / 1000)} s`), 10_000);
    try {
      const updated = await runCommand('apt-get', ['update', '-qq'], { env });
      const result = await withoutStartingServices(() =>
        runCommand('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], { env }),
      );
      if (result.code !== 0) throw new Sentence(whyAptFailed(`${updated.stderr}\n${result.stderr}`, list));
    } finally {
      clearInterval(beat);
    }
    await disableServices(missing);
    return undefined;
  });
}

/** What Debian would start of the packages above. */
const SERVICES: Readonly<Record<string, readonly string[]>> = {
  samba: ['smbd', 'nmbd', 'winbind', 'samba-ad-dc'],
  winbind: ['winbind'],
  'samba-ad-dc': ['samba-ad-dc'],
  rsyslog: ['rsyslog'],
  'openssh-server': ['ssh'],
  'sssd-ad': ['sssd'],
};

/** On a machine with systemd the new services would start with the next boot. */
async function disableServices(packages: string[]): Promise<void> {
  if (!existsSync('/run/systemd/system')) return;
  const services = Object.entries(SERVICES).flatMap(([name, its]) => (packages.includes(name) ? its : []));
  for (const service of services) await runCommand('systemctl', ['disable', service]);
}

function whyAptFailed(said: string, list: string): string {
  if (/No space left|enough free space/.test(said)) return 'The disk is full. Free 1 GB and run the same command again.';
  if (/Could not get lock/.test(said)) return 'Another apt-get is running. Wait until it has ended and run the same command again.';
  if (/Could not resolve|Could not connect|Failed to fetch|Temporary failure/.test(said))
    return 'The Debian mirror cannot be reached. Connect the network and run the same command again.';
  return `apt-get could not install ${list}. Run it to see why: apt-get install --no-install-recommends ${list}`;
}
