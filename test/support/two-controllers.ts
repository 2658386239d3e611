import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { after } from 'node:test';
import type { Controller, Directory } from '#activities/directory/connect.ts';
import { guidText } from '#activities/directory/entry.ts';
import { issueDirectoryCertificate, type CertificateAuthority } from '#ops/directory/certificate.ts';
import { demoDomain } from '#ops/directory/names.ts';
import { directoryPids, stopDirectory } from '#ops/directory/process.ts';
import { provisionDirectory, type DirectoryInstall } from '#ops/directory/provision.ts';
import { directoryLayout, kerberosConfig, sambaConfig, type DirectoryLayout } from '#ops/directory/samba-config.ts';
import { runCommand } from '#ops/run-command.ts';
import { makeCertificateAuthority } from '#ops/setup/certificates.ts';
import { bankAt, type Bank } from '../directory/own-directory.ts';
import { startOnWire } from './controller-on-wire.ts';
import { twoMachines, type Machine } from './two-networks.ts';

/** One of the two, on a machine of its own. */
export interface OneOfTwo extends Machine {
  controller: Controller;
  layout: DirectoryLayout;
  stateDir: string;
  start: () => Promise<void>;
  /** kill -9, all of it. */
  kill: () => void;
  freeze: (isFrozen: boolean) => void;
  /** Lets it run for a twentieth of the time only, in pieces that each of its answers needs several of. */
  slow: (isSlow: boolean) => void;
  /** Takes the last byte of its disk, or gives all back. */
  fill: (isFull: boolean) => void;
}

export interface TwoControllers {
  install: DirectoryInstall;
  first: OneOfTwo;
  second: OneOfTwo;
  /** Through both, the first one before the other; with connections of its own, which remember no failure. */
  both: () => Bank;
  /** Through one of them alone, likewise. */
  only: (one: OneOfTwo) => Bank;
  /** Has each pull from the other now. They do so by themselves too, within seconds, or much later on a busy machine. */
  replicate: () => Promise<void>;
}

const HOSTS = [demoDomain.host, demoDomain.host.replace('dc1', 'dc2')] as const;
/** The service class of replication (MS-DRSR 2.2.3.2). */
const REPLICATION = 'E3514235-4B06-11D1-AB04-00C04FC2DCD2';
/** The demo's own services, and those that two controllers need of each other. */
const SERVICES = 'ldap, kdc, cldap, rpc, drepl, kcc, winbindd';

/**
 * The demo bank on two controllers that replicate, each in a network namespace: the second joins as any controller does. They are ended
 * and removed after the last test of the file, whatever happened to them. Call it at the top of the file.
 */
export async function twoControllers(): Promise<TwoControllers> {
  const stateDir = mkdtempSync(join('/tmp', 'cs-two-'));
  const wire = twoMachines();
  const [first, second] = wire.machines.map((machine, at) => oneOfTwo(stateDir, machine, HOSTS[at] ?? '')) as [OneOfTwo, OneOfTwo];
  const opened: Directory[] = [];
  const remove = (): void => {
    for (const one of [first, second]) {
      one.kill();
      spawnSync('umount', ['-l', one.stateDir]);
    }
    wire.remove();
    rmSync(stateDir, { recursive: true, force: true });
  };
  // A file that fails before its first test runs no hook.
  process.once('exit', remove);
  after(async () => {
    for (const directory of opened) await directory.close();
    for (const one of [first, second]) await stopDirectory(one.stateDir);
    process.off('exit', remove);
    remove();
  });
  const names = [first, second].map(({ address }, at) => `${address} ${HOSTS[at]} dc${at + 1}`);
  wire.tellNames(names);
  mkdirSync(join(stateDir, 'ca'));
  await makeCertificateAuthority(stateDir, { step: (_name, work) => work(), note: () => {} });
  const ca = {
    certPem: readFileSync(join(stateDir, 'ca', 'ca.pem'), 'utf8'),
    keyPem: readFileSync(join(stateDir, 'ca', 'ca.key'), 'utf8'),
  };
  const install = await provisionDirectory({ stateDir: first.stateDir, address: first.address, ca });
  const { baseDn, netbios, upnSuffix } = install;
  const through = (...controllers: Controller[]): Bank =>
    bankAt({ stateDir: first.stateDir, install, settings: { controllers, caPem: ca.certPem, baseDn, netbios, upnSuffix }, opened });
  configure(first, HOSTS[0]);
  await first.start();
  // Controllers know each other by the GUIDs of their services: as a Kerberos service (MS-DRSR 2.2.3.2), and as a host. No DNS is here to say the latter.
  const looking = through(first.controller).as('administrator');
  const { passwordFile } = install.administrator;
  const guid = await serviceGuid(looking, 'DC1');
  await said(first, passwordFile, ['spn', 'add', `${REPLICATION}/${guid}/${demoDomain.dnsName}`, 'DC1$', '-s', first.layout.config]);
  await joinSecond({ first, second, ca, administrator: passwordFile });
  const guids = [guid, await serviceGuid(looking, 'DC2')];
  wire.tellNames(names.map((line, at) => `${line} ${guids[at]}._msdcs.${demoDomain.dnsName}`));
  await second.start();
  const replicate = async (): Promise<void> => {
    const [one, other] = HOSTS;
    await said(first, passwordFile, ['drs', 'replicate', one, other, demoDomain.baseDn, '--add-ref']);
    await said(second, passwordFile, ['drs', 'replicate', other, one, demoDomain.baseDn]);
  };
  // Without it the first one would not know for five minutes that there is somebody to pull from.
  await replicate();
  return {
    install,
    first,
    second,
    both: () => through(first.controller, second.controller),
    only: ({ controller }) => through(controller),
    replicate,
  };
}

function oneOfTwo(stateDir: string, machine: Machine, host: string): OneOfTwo {
  const own = join(stateDir, host.split('.')[0] ?? '');
  mkdirSync(own);
  // A disk of its own, small enough to be filled.
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512m,mode=755', 'tmpfs', own]);
  const layout = directoryLayout(join(own, 'directory'));
  const tell = (signal: NodeJS.Signals) => directoryPids(own).forEach((pid) => process.kill(pid, signal));
  return {
    ...machine,
    stateDir: own,
    layout,
    controller: { url: `ldaps://${machine.address}:636`, servername: host },
    start: () => startOnWire(machine, layout),
    kill: () => tell('SIGKILL'),
    freeze: (isFrozen) => tell(isFrozen ? 'SIGSTOP' : 'SIGCONT'),
    slow: stutter((isFrozen) => tell(isFrozen ? 'SIGSTOP' : 'SIGCONT')),
    fill: (isFull) => (isFull ? takeAll(join(own, 'ballast')) : rmSync(join(own, 'ballast'))),
  };
}

const PIECE_MS = 10;
const PIECES_APART = 20;

function stutter(freeze: (isFrozen: boolean) => void): (isSlow: boolean) => void {
  let turning: NodeJS.Timeout | undefined;
  return (isSlow) => {
    clearInterval(turning);
    let turn = 0;
    if (isSlow) turning = setInterval(() => freeze(++turn % PIECES_APART !== 0), PIECE_MS).unref();
    else freeze(false);
  };
}

function takeAll(file: string): void {
  const ballast = openSync(file, 'w');
  try {
    // Ever smaller pieces, until not one byte finds a place.
    for (let piece = 1 << 20; piece > 0; piece = Math.floor(piece / 16)) {
      const bytes = Buffer.alloc(piece);
      for (let isFull = false; !isFull;) {
        try {
          isFull = writeSync(ballast, bytes) < piece;
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
          isFull = true;
        }
      }
    }
  } finally {
    closeSync(ballast);
  }
}

/** The demo's configuration with the services of one of two, and its own name and address. */
function configure({ layout, address }: OneOfTwo, host: string): void {
  const name = host.split('.')[0]?.toUpperCase() ?? '';
  const own: Record<string, string> = {
    'netbios name': name,
    'server services': SERVICES,
    interfaces: `${address}/24 127.0.0.1/8`,
  };
  const lines = sambaConfig(layout, address)
    .split('\n')
    .map((line) => {
      const key = line.split(' = ')[0]?.trim() ?? '';
      return key in own ? `\t${key} = ${own[key]}` : line;
    });
  writeFileSync(layout.config, lines.join('\n'));
  writeFileSync(layout.krb5, kerberosConfig(address));
}

async function joinSecond(of: { first: OneOfTwo; second: OneOfTwo; ca: CertificateAuthority; administrator: string }): Promise<void> {
  const { first, second, ca, administrator } = of;
  const { layout } = second;
  for (const folder of ['etc', 'tls', 'secrets', 'log', 'cache', 'lock', 'state', 'bind-dns'])
    mkdirSync(join(layout.folder, folder), { recursive: true, mode: 0o755 });
  writeFileSync(layout.krb5, kerberosConfig(first.address));
  await said(second, administrator, [
    'domain',
    'join',
    demoDomain.dnsName,
    'DC',
    `--server=${HOSTS[0]}`,
    `--targetdir=${layout.folder}`,
    '--dns-backend=NONE',
    '--option=netbios name=DC2',
    `--option=interfaces=${second.address}/24 127.0.0.1/8`,
    '--option=bind interfaces only=yes',
  ]);
  const issued = await issueDirectoryCertificate(ca, { dns: [HOSTS[1], demoDomain.dnsName], ip: second.address });
  writeFileSync(layout.tls.key, issued.keyPem, { mode: 0o600 });
  writeFileSync(layout.tls.ca, ca.certPem);
  writeFileSync(layout.tls.cert, issued.certPem);
  configure(second, HOSTS[1]);
}

/** samba-tool as Administrator, there. The password is in a file, never in an argument. */
async function said({ there, layout }: OneOfTwo, passwordFile: string, args: string[]): Promise<string> {
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', KRB5_CONFIG: layout.krb5, PASSWD_FILE: passwordFile };
  const command = [...there, '/usr/bin/python3', '/usr/bin/samba-tool', ...args, '-U', `${demoDomain.netbios}\\Administrator`];
  const answer = await runCommand('ip', command, { env, timeoutMs: 600_000 });
  if (answer.code !== 0) throw new Error(`samba-tool ${args.slice(0, 2).join(' ')}: ${answer.stderr.slice(-3000)}`);
  return answer.stdout;
}

async function serviceGuid(directory: Directory, name: string): Promise<string> {
  const servers = `CN=Servers,CN=Default-First-Site-Name,CN=Sites,CN=Configuration,${demoDomain.baseDn}`;
  const [entry] = await directory.read((session) =>
    session.search(`CN=NTDS Settings,CN=${name},${servers}`, { scope: 'base', attributes: ['objectGUID'] }),
  );
  const guid = entry?.bytes('objectGUID');
  if (!guid) throw new Error(`${name} has no service of replication`);
  return guidText(guid);
}
