import { spawn, execFile, type ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '#ops/paths.ts';
import { buildLoginScreen } from '#ops/setup/login-screen-build.ts';
import type { TestStack } from '#test/support/stack.ts';

const run = promisify(execFile);

/** A machine with a login screen: this one's files under a layer of its own, so that nothing here is touched, its own processes, and a network of its own in which the portal is all there is. */
export interface Machine {
  /** Runs a command in it as root; rejects when it fails. */
  exec: (...command: string[]) => Promise<string>;
  /** The words with which a terminal starts something in it. */
  inside: (...command: string[]) => string[];
  /** Where a file of it is seen from here. */
  path: (file: string) => string;
  settings: (change: Record<string, string>) => void;
  close: () => Promise<void>;
}

/** The layer, then root changed into it. What was mounted goes with the last process of the namespace. */
const ENTER = `
set -e
mount --make-rprivate /
mount -t tmpfs -o mode=755 layer "$1"
mkdir "$1/upper" "$1/work" "$1/root"
cp -a "$2/." "$1/upper/"
mount -t overlay -o lowerdir=/,upperdir="$1/upper",workdir="$1/work" layer "$1/root"
cd "$1/root"
mount --rbind /dev dev
mount -t proc proc proc
mount -t tmpfs tmpfs run
mkdir -p run/sshd .old
pivot_root . .old
cd /
umount -l /.old
ip link set lo up
hostname teller7
echo ready
trap '' CHLD
exec sleep infinity
`;

/** What `relay` runs in the machine's network: the portal's port there leads to a socket here. */
const RELAY = `
const net = require('node:net');
const [port, socket] = process.argv.slice(1);
net.createServer((a) => {
  const b = net.connect(socket);
  a.pipe(b).pipe(a);
  for (const one of [a, b]) one.on('error', () => { a.destroy(); b.destroy(); });
}).listen(Number(port), '127.0.0.1', () => console.log('ready'));
`;

/** Sets the machine up as the package does. `source`: from where the portal sees it. Needs root. */
export async function startMachine(stack: TestStack, source: string): Promise<Machine> {
  const folder = mkdtempSync('/tmp/countersign-machine-');
  const files = join(folder, 'files');
  const product = join(files, 'usr/lib/countersign');
  const portal = new URL(stack.run.portal);
  const settingsFile = join(folder, 'settings.json');
  mkdirSync(product, { recursive: true });
  mkdirSync(join(files, 'usr/bin'), { recursive: true });
  mkdirSync(join(files, 'etc/countersign'), { recursive: true });
  mkdirSync(join(folder, 'layer'));
  const own = join(root, 'device-agent/terminal/files');
  cpSync(own, product, { recursive: true });
  cpSync(join(own, 'countersign-login'), join(files, 'usr/bin/countersign-login'));
  cpSync(process.execPath, join(product, 'node'));
  await buildLoginScreen(product);
  writeFileSync(join(files, 'etc/countersign/portal-ca.pem'), readFileSync(stack.run.ca));
  writeFileSync(join(files, 'etc/issue'), 'Debian GNU/Linux 12 \\n \\l\n');

  const first = await started(
    spawn(
      'unshare',
      ['--net', '--mount', '--uts', '--ipc', '--pid', '--fork', '--kill-child', 'bash', '-c', ENTER, 'bash', join(folder, 'layer'), files],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    ),
  );
  const pid = readFileSync(`/proc/${first.pid}/task/${first.pid}/children`, 'utf8').trim();
  const socket = join(folder, 'portal.sock');
  const server = await listening(socket, { port: Number(portal.port), source });
  const relay = await started(
    spawn('nsenter', [`--net=/proc/${pid}/ns/net`, process.execPath, '-e', RELAY, portal.port, socket], {
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  );
  const inside = (...command: string[]) => ['nsenter', '-t', pid, '-m', '-u', '-i', '-n', '-p', '-r', '-w', ...command];
  const machine: Machine = {
    inside,
    async exec(...command) {
      const [program = '', ...args] = inside(...command);
      return (await run(program, args, { env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } })).stdout;
    },
    path: (file) => `/proc/${pid}/root${file}`,
    settings(change) {
      const all = { portal: portal.origin, address: '127.0.0.1', ca: '/etc/countersign/portal-ca.pem', ...change };
      writeFileSync(settingsFile, JSON.stringify(all));
      writeFileSync(`/proc/${pid}/root/etc/countersign/login-screen.json`, JSON.stringify(all));
    },
    async close() {
      relay.kill();
      server.close();
      first.kill('SIGKILL');
      await new Promise((resolve) => first.once('exit', resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
  machine.settings({});
  await machine.exec('/usr/lib/countersign/countersign-login-setup', 'install', '--ssh');
  return machine;
}

/** Resolves at its first line. */
function started(child: ChildProcess): Promise<ChildProcess> {
  return new Promise((resolve, reject) => {
    child.stdout?.once('data', () => resolve(child));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`it ended with ${code} before it was ready`)));
  });
}

function listening(socket: string, to: { port: number; source: string }): Promise<Server> {
  const server = createServer((near) => {
    const far = connect({ host: '127.0.0.1', port: to.port, localAddress: to.source });
    near.pipe(far).pipe(near);
    for (const end of [near, far])
      end.on('error', () => {
        near.destroy();
        far.destroy();
      });
  });
  return new Promise((resolve) => server.listen(socket, () => resolve(server)));
}
